//! A folder to run the command in.

use crate::writer::{self, field, floats, node, port};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use unet_playground::image::{Picture, decode, encode_png};

/// A folder of its own for each test, with models and pictures.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("models")).unwrap();
        fs::create_dir_all(folder.join("in")).unwrap();
        Self(folder)
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A 1×1 convolution, `weights` `[out][3]`.
    pub(crate) fn model(&self, name: &str, weights: &[[f32; 3]], metadata: &[(&str, &str)]) {
        let outputs = weights.len() as i64;
        let model = writer::Model {
            inputs: vec![port("x", &[1, 3, -1, -1])],
            outputs: vec![port("y", &[1, outputs, -1, -1])],
            ..writer::Model::new(
                vec![node("conv", "Conv", &["x", "w"], &["y"], &[])],
                vec![floats("w", &[outputs, 3, 1, 1], &weights.concat())],
            )
        };
        let entry = |&(key, value): &(&str, &str)| field(14, [field(1, key), field(2, value)].concat());
        let bytes = [model.bytes(), metadata.iter().flat_map(entry).collect()].concat();
        fs::write(self.at("models").join(name).with_extension("onnx"), bytes).unwrap();
    }

    pub(crate) fn picture(&self, name: &str) -> Picture {
        let rgba: Vec<u8> = (0..40 * 30u32)
            .flat_map(|i| [(i % 40 * 6) as u8, (i / 40 * 8) as u8, (i % 7 * 30) as u8, 255])
            .collect();
        let picture = Picture::from_rgba(40, 30, &rgba).unwrap();
        fs::write(self.at(name), encode_png(&picture).unwrap()).unwrap();
        picture
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unet-playground"));
        command.current_dir(&self.0).args(["--backend", "cpu"]).args(words);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.at(name)).unwrap()).unwrap()
    }

    /// What lies in a folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.at(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn read(&self, name: &str) -> Picture {
        decode(&fs::read(self.at(name)).unwrap()).unwrap()
    }
}

pub(crate) const IDENTITY: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
