"""Who is near to what: the experts and items of the database by their texts and skills."""
