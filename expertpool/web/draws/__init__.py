"""Pages of draws: set up, hold before everybody's eyes, print, and verify by anybody."""
