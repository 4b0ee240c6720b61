"""Opening and closing access, and cutting a network off."""
