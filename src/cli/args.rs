//! What can be asked for.

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
    /// Longest side of tiles, in pixels; by default as large as memory allows
    #[arg(long, global = true, value_name = "PIXELS")]
    #[arg(value_parser = number::<usize>(1..), allow_negative_numbers = true)]
    pub tile: Option<usize>,
    /// Threads of the CPU that share the tiles of a picture; by default as many as there are
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = number::<usize>(1..=256), allow_negative_numbers = true)]
    threads: Option<usize>,
}

impl Args {
    /// Threads that share the tiles of a picture.
    pub(super) fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| available_parallelism().map_or(1, NonZero::get))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Backend {
    /// The GPU if it is real, right and faster
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
        /// A filter in its place, one after the other where it is given several times: a kind and its values, as in
        /// non-local-means:sigma=25, bilateral (noise as it is estimated) or back-projection:scale=4
        #[arg(long, value_name = "KIND", value_parser = damage::parse_filter, conflicts_with_all = ["model", "set", "hint"])]
        filter: Vec<FilterSpec>,
        #[command(flatten)]
        view: View,
        #[command(flatten)]
        optional: Optional,
    },
    /// Tell which models there are
    List,
    /// Tell how noisy pictures are: the standard deviation of the noise, of 255
    Noise {
        /// Pictures, or folders of pictures
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// Of folders, the pictures of the folders in them too
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
    /// Width and height of the input, for what the file leaves open; of several inputs, of each
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
    /// Of folders, the pictures of the folders in them too; results go into folders of the same names
    #[arg(short, long)]
    pub recursive: bool,
    /// Of photos that say where they were taken, results say so too; date, camera and resolution are kept anyway
    #[arg(long)]
    pub gps: bool,
    /// PNG file, or folder where there are several pictures
    #[arg(short, long)]
    pub output: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Task {
    #[command(flatten)]
    pub files: Files,
    /// How the network enlarges inside: nearest, bilinear, pixel-shuffle, max-unpool, transposed-conv; or the design of one
    /// of a survey, which `list` names: channel-attention
    #[arg(long, visible_alias = "network", default_value = "bilinear", value_name = "STRATEGY")]
    pub upsampling: String,
    /// What the pictures are, where there are networks for either
    #[arg(long, value_enum, default_value = "auto")]
    pub source: Source,
    #[command(flatten)]
    pub optional: Optional,
}

/// For a network's optional inputs.
#[derive(Debug, clap::Args)]
pub(crate) struct Optional {
    /// A number that the network can be told, as in temperature=0.6 for colorize
    #[arg(long, value_name = "NAME=VALUE", value_parser = optional::number)]
    pub set: Vec<(String, f32)>,
    /// A color that is known, as in 120,80,#c04030: a pixel of the picture, and its color
    #[arg(long, value_name = "X,Y,COLOR", value_parser = optional::hint)]
    pub hint: Vec<ColorHint>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Source {
    /// As each file is: of JPEG and lossy WebP compressed, else clean
    Auto,
    /// Without the traces of compression
    Clean,
    /// With them, whatever the file is now
    Compressed,
}

/// How a segmentation is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct View {
    /// How a segmentation is drawn; `labels`: class, its probability and the next class as red,
    /// green and blue
    #[arg(long, value_enum, default_value = "overlay")]
    pub view: Mode,
    /// Names of the classes that are drawn, by default all but "background"
    #[arg(long, value_delimiter = ',')]
    pub classes: Vec<String>,
    /// Of the overlay, 0 to 1
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
    /// Names of tasks (all their models are measured), ONNX files, or filters as `run --filter` takes them, which need
    /// --protocol or --degrade
    #[arg(required = true)]
    pub what: Vec<String>,
    /// Folder of the reference pictures
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Segmentation: folder of masks, named as the pictures: gray levels are classes, or the colours of
    /// --view classes; it may be the pictures' own: of two of one name the PNG is the mask
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// Segmentation: the masks' values for the classes, in order (by default 0,1,2,…); pixels of
    /// other values do not count
    #[arg(long, value_delimiter = ',')]
    pub mask_values: Vec<u8>,
    /// What degrades the pictures, where it is not what the model is made for
    #[arg(long, value_name = "TASK", value_parser = PossibleValuesParser::new(tasks::measured()))]
    pub protocol: Option<String>,
    /// Standard deviation of the noise, of 255
    #[arg(long, default_value = "25", value_parser = number::<f64>(0.0..=255.0), allow_negative_numbers = true)]
    pub sigma: f64,
    /// Degrade in this way instead, one after the other where it is given several times: a kind and its values, as
    /// in poisson:peak=30, jpeg:quality=40 or sensor:iso=6400
    #[arg(long, value_name = "KIND", value_parser = damage::parse, conflicts_with = "sigma")]
    pub degrade: Vec<FilterSpec>,
    /// Gray pictures: one noise in all channels, and compared with gray ones
    #[arg(long)]
    pub gray: bool,
    /// Degraded pictures are saved as JPEG of this quality; of two, separated by a comma, one after the other
    #[arg(long, value_name = "QUALITY", value_delimiter = ',', value_parser = number::<u8>(1..=100), allow_negative_numbers = true)]
    pub jpeg: Vec<u8>,
    /// Chroma of these JPEG files
    #[arg(long, value_enum, default_value = "420", requires = "jpeg")]
    pub subsampling: Chroma,
    /// Of the first picture; the next has the next
    #[arg(long, default_value = "0")]
    pub seed: u32,
    /// At most so many pictures
    #[arg(long, value_parser = number::<usize>(1..), allow_negative_numbers = true)]
    pub limit: Option<usize>,
    /// Write all scores of all pictures here
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Two sides: `640x480`.
fn size(text: &str) -> Result<[usize; 2], String> {
    let sides = text.split_once(['x', '×']).and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    sides
        .filter(|sides| sides.iter().all(|side| (1..=16_384).contains(side)))
        .ok_or_else(|| "it has to be a width and a height of 1 to 16384 pixels, such as 640x480".into())
}

/// Reads a number. An error outside the range names the range, before any work begins.
fn number<T: FromStr + PartialOrd>(
    range: impl RangeBounds<T> + Debug + Clone,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("it has to be a number in {range:?}"))
    }
}
