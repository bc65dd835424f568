//! WGSL sources without comments and indentation, to make the download smaller.

/// A file of `shaders/`.
macro_rules! wgsl {
    ($file:literal) => {{
        const SOURCE: &str = include_str!(concat!("../shaders/", $file));
        const LEN: usize = $crate::lower::wgsl::strip::<0>(SOURCE).1;
        const TEXT: [u8; LEN] = $crate::lower::wgsl::strip(SOURCE).0;
        const SHADER: &str = match std::str::from_utf8(&TEXT) {
            Ok(text) => text,
            Err(_) => panic!(),
        };
        SHADER
    }};
}
pub(super) use wgsl;

/// The first `N` bytes of the stripped source, and its full length. WGSL has no strings that could contain
/// `//`.
pub(super) const fn strip<const N: usize>(source: &str) -> ([u8; N], usize) {
    let text = source.as_bytes();
    let (mut kept, mut len, mut i) = ([0; N], 0, 0);
    let mut line_begins = true;
    while i < text.len() {
        if text[i] == b'/' && i + 1 < text.len() && text[i + 1] == b'/' {
            while i < text.len() && text[i] != b'\n' {
                i += 1;
            }
        } else {
            if !(line_begins && text[i].is_ascii_whitespace()) {
                if len < N {
                    kept[len] = text[i];
                }
                len += 1;
                line_begins = text[i] == b'\n';
            }
            i += 1;
        }
    }
    (kept, len)
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn comments_and_indentation_are_removed() {
        const SOURCE: &str =
            "// What it does.\nfn f(x: u32) -> u32 {\n    // Why.\n\n    return x / 2u; // Half.\n}\n";
        let (kept, len) = strip::<{ SOURCE.len() }>(SOURCE);
        assert_eq!(&kept[..len], b"fn f(x: u32) -> u32 {\nreturn x / 2u; \n}\n");
        assert_eq!(strip::<0>(SOURCE).1, len);
    }
}
