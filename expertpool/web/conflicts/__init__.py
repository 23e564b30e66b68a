"""Who is in conflict with an item, by which rule, with the evidence."""
