"""All pages of draws."""

from expertpool.web.draws import holding, public, secret_pages, setting_up, showing
from expertpool.web.draws.blueprint import blueprint

__all__ = ["blueprint", "holding", "public", "secret_pages", "setting_up", "showing"]
