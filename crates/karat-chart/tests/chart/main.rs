//! Charts and pages as their users see them.

mod kinds;
mod page;
mod sample;
mod terminal;
