//! The numbers agencies share, checked with their real algorithms (handbook `domain.md` 6.1).
