//! Layout of a JPEG file: frame and scans, read from its markers without decoding.

/// Markers (ITU-T T.81, table B.1).
const SOF: std::ops::RangeInclusive<u8> = 0xc0..=0xcf;
const DHT: u8 = 0xc4;
const JPG: u8 = 0xc8;
const DAC: u8 = 0xcc;
const RST: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const TEM: u8 = 0x01;

/// Coding process of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    Sequential,
    Progressive,
    Lossless,
    /// Any of these, refining a smaller picture.
    Hierarchical,
}

/// The first frame of a file, and its scans.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) process: Process,
    pub(super) arithmetic: bool,
    /// Bits per sample.
    pub(super) precision: u8,
    /// Horizontal and vertical sampling factors of the components.
    pub(super) sampling: Vec<[u8; 2]>,
    pub(super) scans: Vec<Scan>,
    /// Whether the file has an end-of-image marker.
    pub(super) ended: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Offset of the scan's marker in the file.
    pub(super) start: usize,
    pub(super) components: u8,
}

impl Layout {
    /// Reads the layout; `None` if the file has no frame.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut layout: Option<Layout> = None;
        let mut at = 0;
        while let Some((start, marker)) = next_marker(bytes, at) {
            at = start + 2;
            match marker {
                SOI | TEM => continue,
                _ if RST.contains(&marker) => continue,
                EOI => {
                    // A scan before the frame is noise.
                    if let Some(layout) = &mut layout {
                        layout.ended = true;
                        break;
                    }
                    continue;
                }
                _ => {}
            }
            let Some(length) = bytes.get(at..at + 2) else { break };
            let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
            let body = bytes.get(at + 2..at + length).unwrap_or_default();
            match marker {
                SOS => {
                    if let (Some(layout), Some(&components)) = (&mut layout, body.first()) {
                        layout.scans.push(Scan { start, components });
                    }
                }
                DHT | JPG | DAC => {}
                _ if SOF.contains(&marker) && layout.is_none() => layout = frame(marker, body),
                _ => {}
            }
            at += length.max(2);
        }
        layout
    }

    /// Whether a component of intermediate size has scans of its own: `jpeg-decoder` miscounts its blocks.
    pub(super) fn has_middle_size_apart(&self) -> bool {
        let largest = |axis: usize| self.sampling.iter().map(|factors| factors[axis]).max().unwrap_or(0);
        let is_between =
            |factors: &[u8; 2]| (0..2).any(|axis| 1 < factors[axis] && factors[axis] < largest(axis));
        self.sampling.iter().any(is_between) && self.scans.iter().any(|scan| scan.components == 1)
    }

    /// Whether the components of a sequential frame have separate scans.
    pub(super) fn is_separated(&self) -> bool {
        let first = self.scans.first().map_or(0, |scan| usize::from(scan.components));
        self.process == Process::Sequential && first < self.sampling.len()
    }
}

/// Offset and name of the next marker from `at` on, skipping bytes stuffed into entropy-coded data.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(usize, u8)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xff)?;
        match *bytes.get(at + 1)? {
            0x00 => at += 2,
            0xff => at += 1,
            marker => return Some((at, marker)),
        }
    }
}

fn frame(marker: u8, body: &[u8]) -> Option<Layout> {
    let components = body.get(6..)?.as_chunks::<3>().0;
    let sampling = components.iter().take(usize::from(body[5])).map(|c| [c[1] >> 4, c[1] & 15]).collect();
    // C4, C8 and CC are not frames; in the others the two low bits give the process.
    let process = match (marker & 3, marker & 4) {
        (0 | 1, 0) => Process::Sequential,
        (2, 0) => Process::Progressive,
        (3, 0) => Process::Lossless,
        _ => Process::Hierarchical,
    };
    let arithmetic = marker & 8 != 0;
    Some(Layout { process, arithmetic, precision: body[0], sampling, scans: Vec::new(), ended: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xff, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat()
    }

    #[test]
    fn frame_and_scans_are_found_behind_stuffed_bytes_and_restarts() {
        let frame = segment(0xc1, &[8, 0, 5, 0, 9, 2, 1, 0x21, 0, 2, 0x11, 0]);
        let scan = |components: u8| segment(SOS, &[components, 0, 0]);
        let coded = [1, 2, 0xff, 0x00, 0xff, 0xd3, 7];
        // A thumbnail in an application segment is not part of the picture.
        let preview = segment(0xe1, &[0xff, SOI, 0xff, SOS, 0, 3, 3, 0xff, EOI]);
        let file = [&[0xff, SOI][..], &preview, &frame, &scan(1), &coded, &scan(1), &coded].concat();
        let layout = Layout::of(&file).unwrap();
        assert_eq!((layout.process, layout.arithmetic, layout.precision), (Process::Sequential, false, 8));
        assert_eq!(layout.sampling, [[2, 1], [1, 1]]);
        assert_eq!(layout.scans.iter().map(|scan| scan.components).collect::<Vec<_>>(), [1, 1]);
        assert!(layout.scans.iter().all(|scan| file[scan.start..].starts_with(&[0xff, SOS])));
        assert!(layout.is_separated() && !layout.ended);
        assert!(Layout::of(&[&file[..], &[0xff, EOI]].concat()).unwrap().ended);
    }

    #[test]
    fn processes_are_told_apart() {
        let process = |marker: u8| {
            let layout = Layout::of(&segment(marker, &[8, 0, 5, 0, 9, 1, 1, 0x11, 0])).unwrap();
            (layout.process, layout.arithmetic)
        };
        assert_eq!(process(0xc0), (Process::Sequential, false));
        assert_eq!(process(0xc2), (Process::Progressive, false));
        assert_eq!(process(0xc3), (Process::Lossless, false));
        assert_eq!(process(0xc5), (Process::Hierarchical, false));
        assert_eq!(process(0xc9), (Process::Sequential, true));
        assert_eq!(process(0xca), (Process::Progressive, true));
        assert_eq!(process(0xcd), (Process::Hierarchical, true));
        assert_eq!(Layout::of(&segment(DHT, &[0; 9])), None);
    }
}
