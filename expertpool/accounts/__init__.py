"""Users and how they sign in. What they may do is granted in `access`."""
