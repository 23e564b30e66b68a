"""Pages of whole rounds: make one, follow its runs, read who reviews what, lock, ban and run again."""
