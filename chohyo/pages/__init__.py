"""Files in: PDF and images become page images and text, inside a process that can be killed."""
