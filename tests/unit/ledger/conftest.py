"""Laws are tested for truth, not for time: a shared machine may be slow for a moment."""

from hypothesis import settings

settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
