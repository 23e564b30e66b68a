"""Pages of the rooms that an office meets and teaches in."""
