"""A post, one step a file: validate, match, people and facts, records, ledger. `post` is the door."""
