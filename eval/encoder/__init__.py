"""How the layout encoder is made: network, loss, training on generated forms, export, measures."""
