//! Warnings about a picture whose file is defective.

use serde::Serialize;
use std::fmt;

/// A defect that cost part of a file's picture, or a choice made in reading it. `Display` gives the sentence
/// for people, [`Notice::code`] is for programs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Notice {
    /// The file ends early or is damaged: this share of the stored rows (0–1, at the end) could not be read
    /// and is gray or transparent.
    RowsMissing {
        /// Name of the file format, for people.
        format: &'static str,
        /// Share of missing rows.
        share: f32,
    },
    /// The file ends early: all rows are present, but the finest details are missing.
    DetailMissing {
        /// Name of the file format, for people.
        format: &'static str,
    },
    /// The file has no end marker; its last rows may be wrong.
    EndMissing {
        /// Name of the file format, for people.
        format: &'static str,
    },
    /// Checksums are wrong: some pixels may be damaged.
    ChecksumWrong {
        /// Name of the file format, for people.
        format: &'static str,
    },
    /// High dynamic range: colors brighter than reference white are clipped.
    HighlightsClipped,
    /// Values without a fixed range were scaled to black and white.
    Scaled {
        /// Value mapped to black.
        low: f32,
        /// Value mapped to white.
        high: f32,
    },
}

impl Notice {
    /// Stable kebab-case identifier of the variant.
    pub fn code(&self) -> &'static str {
        match self {
            Notice::RowsMissing { .. } => "rows-missing",
            Notice::DetailMissing { .. } => "detail-missing",
            Notice::EndMissing { .. } => "end-missing",
            Notice::ChecksumWrong { .. } => "checksum-wrong",
            Notice::HighlightsClipped => "highlights-clipped",
            Notice::Scaled { .. } => "scaled",
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::RowsMissing { format, share } => {
                // Never reports "0 %" missing, nor "100 %" of a picture that is partly there.
                let percent = (share * 100.0).round().clamp(1.0, 99.0);
                write!(
                    f,
                    "the {format} file is incomplete: the lower {percent} % of the picture could not be read"
                )
            }
            Notice::DetailMissing { format } => {
                write!(f, "the {format} file ends early: the picture lacks its finest details")
            }
            Notice::EndMissing { format } => {
                write!(f, "the {format} file ends without its end marker: the last rows may be wrong")
            }
            Notice::ChecksumWrong { format } => {
                write!(f, "a checksum of the {format} file is wrong: parts of the picture may be damaged")
            }
            Notice::HighlightsClipped => {
                f.write_str("high dynamic range: colors brighter than reference white were clipped")
            }
            Notice::Scaled { low, high } => {
                write!(f, "its values were scaled: {low} became black and {high} white")
            }
        }
    }
}
