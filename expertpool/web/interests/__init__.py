"""Pages of relations and declared interests: add, correct, retire, by hand."""
