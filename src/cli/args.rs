//! Command-line arguments.

use super::tasks::{self, TaskCommand};
use super::{damage, optional};
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use std::fmt::Debug;
use std::num::NonZero;
use std::ops::RangeBounds;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use unet_playground::image::FilterSpec;
use unet_playground::session::ColorHint;

/// Restores, enlarges, colors and segments pictures with U-Nets.
#[derive(Debug, Parser)]
#[command(version, name = "unet-playground")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// Folder of the ONNX files; by default `models` here or beside Cargo.toml
    #[arg(long, global = true, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// Where networks run
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub backend: Backend,
    /// Maximum side of tiles, in pixels; by default as large as memory allows
    #[arg(long, global = true, value_name = "PIXELS")]
    #[arg(value_parser = number::<usize>(1..), allow_negative_numbers = true)]
    pub tile: Option<usize>,
    /// CPU threads that share the tiles of a picture; by default all
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = number::<usize>(1..=256), allow_negative_numbers = true)]
    threads: Option<usize>,
}

impl Args {
    /// Number of threads that share the tiles of a picture.
    pub(super) fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| available_parallelism().map_or(1, NonZero::get))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Backend {
    /// The GPU if it is real, correct and faster
    Auto,
    Cpu,
    Webgpu,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Task(TaskCommand),
    /// Run an ONNX file of your own, or filters without any network
    Run {
        #[command(flatten)]
        files: Files,
        /// The ONNX file
        #[arg(long, required_unless_present = "filter")]
        model: Option<PathBuf>,
        /// Filters instead of a model, applied in the given order: a kind with its values, such as
        /// non-local-means:sigma=25, bilateral (noise is estimated) or back-projection:scale=4
        #[arg(long, value_name = "KIND", value_parser = damage::parse_filter, conflicts_with_all = ["model", "set", "hint"])]
        filter: Vec<FilterSpec>,
        #[command(flatten)]
        view: View,
        #[command(flatten)]
        optional: Optional,
    },
    /// List the available models
    List,
    /// Estimate the noise of pictures: its standard deviation, of 255
    Noise {
        /// Pictures, or folders of pictures
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// Include pictures in subfolders
        #[arg(short, long)]
        recursive: bool,
    },
    /// Degrade reference pictures, restore them, and score the results
    Evaluate(Evaluate),
    /// Time every kernel of a network on random numbers, on one thread
    Profile(Profile),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Profile {
    /// The ONNX file
    pub model: PathBuf,
    /// Width and height of the input for dynamic dimensions; applies to all inputs
    #[arg(long, value_name = "WxH", default_value = "256x256", value_parser = size)]
    pub size: [usize; 2],
    /// Print comma-separated values
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// Pictures, or folders of pictures
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// Include pictures in subfolders; results go into subfolders of the same names
    #[arg(short, long)]
    pub recursive: bool,
    /// Keep the location where a photo was taken; date, camera and resolution are always kept
    #[arg(long)]
    pub gps: bool,
    /// PNG file, or a folder for several pictures
    #[arg(short, long)]
    pub output: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Task {
    #[command(flatten)]
    pub files: Files,
    /// The network's upsampling: nearest, bilinear, pixel-shuffle, max-unpool, transposed-conv; or a survey's
    /// design, as `list` names it: channel-attention
    #[arg(long, visible_alias = "network", default_value = "bilinear", value_name = "STRATEGY")]
    pub upsampling: String,
    /// Kind of the pictures' source, if there are networks for either
    #[arg(long, value_enum, default_value = "auto")]
    pub source: Source,
    #[command(flatten)]
    pub optional: Optional,
}

/// Values for a network's optional inputs.
#[derive(Debug, clap::Args)]
pub(crate) struct Optional {
    /// Value of an optional number, such as temperature=0.6 for colorize
    #[arg(long, value_name = "NAME=VALUE", value_parser = optional::number)]
    pub set: Vec<(String, f32)>,
    /// A known color, such as 120,80,#c04030: a pixel of the picture and its color
    #[arg(long, value_name = "X,Y,COLOR", value_parser = optional::hint)]
    pub hint: Vec<ColorHint>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Source {
    /// Per file: compressed for JPEG and lossy WebP, otherwise clean
    Auto,
    /// Without compression artifacts
    Clean,
    /// With compression artifacts, whatever the file format
    Compressed,
}

/// Display of a segmentation.
#[derive(Debug, clap::Args)]
pub(crate) struct View {
    /// Drawing of a segmentation; `labels`: class, its probability and the next class as red, green and blue
    #[arg(long, value_enum, default_value = "overlay")]
    pub view: Mode,
    /// Names of the classes to draw, by default all but "background"
    #[arg(long, value_delimiter = ',')]
    pub classes: Vec<String>,
    /// Opacity of the overlay, 0 to 1
    #[arg(long, default_value = "0.5", value_parser = number::<f32>(0.0..=1.0), allow_negative_numbers = true)]
    pub opacity: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Mode {
    Overlay,
    Cutout,
    Classes,
    Labels,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Chroma {
    /// 4:2:0, half the resolution
    #[value(name = "420")]
    Half,
    /// 4:4:4, full resolution
    #[value(name = "444")]
    Full,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Evaluate {
    /// Names of tasks (with all their models), ONNX files, or filters in the syntax of `run --filter`, which
    /// need --protocol or --degrade
    #[arg(required = true)]
    pub what: Vec<String>,
    /// Folder of the reference pictures
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Segmentation: folder of masks, named like the pictures: gray levels are classes, or the colors of
    /// --view classes; may be the pictures' folder: of two files with the same name the PNG is the mask
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// Segmentation: the masks' values for the classes, in order (by default 0,1,2,…); pixels with other
    /// values are ignored
    #[arg(long, value_delimiter = ',')]
    pub mask_values: Vec<u8>,
    /// Degradation protocol, instead of the one the model is trained for
    #[arg(long, value_name = "TASK", value_parser = PossibleValuesParser::new(tasks::measured()))]
    pub protocol: Option<String>,
    /// Standard deviation of the noise, of 255
    #[arg(long, default_value = "25", value_parser = number::<f64>(0.0..=255.0), allow_negative_numbers = true)]
    pub sigma: f64,
    /// Degradations instead of a protocol, applied in the given order: a kind with its values, such as
    /// poisson:peak=30, jpeg:quality=40 or sensor:iso=6400
    #[arg(long, value_name = "KIND", value_parser = damage::parse, conflicts_with = "sigma")]
    pub degrade: Vec<FilterSpec>,
    /// Gray pictures: the same noise in all channels, compared with gray references
    #[arg(long)]
    pub gray: bool,
    /// Save degraded pictures as JPEG of this quality; two qualities, separated by a comma, are applied in
    /// order
    #[arg(long, value_name = "QUALITY", value_delimiter = ',', value_parser = number::<u8>(1..=100), allow_negative_numbers = true)]
    pub jpeg: Vec<u8>,
    /// Chroma subsampling of these JPEG files
    #[arg(long, value_enum, default_value = "420", requires = "jpeg")]
    pub subsampling: Chroma,
    /// Seed of the first picture, increased by one for each further picture
    #[arg(long, default_value = "0")]
    pub seed: u32,
    /// Maximum number of pictures
    #[arg(long, value_parser = number::<usize>(1..), allow_negative_numbers = true)]
    pub limit: Option<usize>,
    /// Write all scores of all pictures to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Parses a width and height: `640x480`.
fn size(text: &str) -> Result<[usize; 2], String> {
    let sides = text.split_once(['x', '×']).and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    sides
        .filter(|sides| sides.iter().all(|side| (1..=16_384).contains(side)))
        .ok_or_else(|| "must be a width and a height of 1 to 16384 pixels, such as 640x480".into())
}

/// Parses a number. An error outside the range names the range, before any work begins.
fn number<T: FromStr + PartialOrd>(
    range: impl RangeBounds<T> + Debug + Clone,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("must be a number in {range:?}"))
    }
}
