-- Values that a person should look at: text that breaks its type, and readings that are not sure.
CREATE INDEX value_doubtful ON value (collection_id, id)
    WHERE source <> 'person' AND (NOT valid OR confidence < 0.8);
