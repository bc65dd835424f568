//! The shipped models: what `models/manifest.json` and `models/tasks.json` say of them, and what they do to small pictures.

mod floors;
mod manifest;
mod stems;
mod zoo;
