"""Pages of affinity lists: who of the pool is near to a text or to items, by texts and skills."""
