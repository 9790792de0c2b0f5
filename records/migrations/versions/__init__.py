"""One module for each change of the schema, in order; never edited once released."""
