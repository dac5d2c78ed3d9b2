-- A chat model that runs in the process with the card is asked as the others are; it answers in text.
ALTER TABLE model_call DROP CONSTRAINT model_call_kind_check;
ALTER TABLE model_call ADD CONSTRAINT model_call_kind_check
    CHECK (kind IN ('embed', 'score', 'chat'));
ALTER TABLE model_call ADD COLUMN said text;
