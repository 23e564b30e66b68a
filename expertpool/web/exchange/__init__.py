"""Pages that bring spreadsheets in (file, check, decide, done) and take them out."""
