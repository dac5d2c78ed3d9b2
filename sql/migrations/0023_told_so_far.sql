-- What a chat model has written of an answer that somebody listens to; gone with its call.
ALTER TABLE model_call ADD COLUMN so_far text;
