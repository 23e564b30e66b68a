"""The web door: `kit` for all pages, and one package a room with its views and forms."""
