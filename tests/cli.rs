//! The native command, run as people run it.

#![cfg(feature = "cli")]

#[path = "hostile/writer.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod writer;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use unet_playground::image::{Picture, decode, encode_png};
use writer::{field, floats, node, port};

/// A folder of its own for each test, with models and pictures.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("models")).unwrap();
        fs::create_dir_all(folder.join("in")).unwrap();
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A 1×1 convolution, `weights` `[out][3]`.
    fn model(&self, name: &str, weights: &[[f32; 3]], metadata: &[(&str, &str)]) {
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

    fn picture(&self, name: &str) -> Picture {
        let rgba: Vec<u8> = (0..40 * 30u32)
            .flat_map(|i| [(i % 40 * 6) as u8, (i / 40 * 8) as u8, (i % 7 * 30) as u8, 255])
            .collect();
        let picture = Picture::from_rgba(40, 30, &rgba).unwrap();
        fs::write(self.at(name), encode_png(&picture).unwrap()).unwrap();
        picture
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unet-playground"));
        command.current_dir(&self.0).args(["--backend", "cpu"]).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.at(name)).unwrap()).unwrap()
    }

    fn read(&self, name: &str) -> Picture {
        decode(&fs::read(self.at(name)).unwrap()).unwrap()
    }
}

const IDENTITY: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_picture_goes_in_and_comes_out() {
    let place = Place::new("one");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.model("super-resolve-x2-nearest", &IDENTITY, &[("input", r#"{"scale":2}"#)]);
    let picture = place.picture("in/a.b.png");
    let done = place.run(&["denoise", "in/a.b.png", "-o", "out.png", "--tile", "16"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(place.read("out.png"), picture);
    let done =
        place.run(&["super-resolve", "in", "-o", "new/folder", "--upsampling", "nearest", "--scale", "2"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(place.read("new/folder/a.b.png").width(), 80);
    let listed = text(&place.run(&["list"]).stdout);
    assert!(listed.contains("denoise-bilinear.onnx") && listed.contains(" 9 "), "{listed}");
}

#[test]
fn one_broken_picture_is_named_and_the_others_go_on() {
    let place = Place::new("broken");
    place.model("deblur-bilinear", &IDENTITY, &[]);
    place.picture("in/good.png");
    fs::write(place.at("in/bad.png"), "no picture").unwrap();
    let done = place.run(&["deblur", "in", "-o", "out"]);
    let said = text(&done.stderr);
    assert!(!done.status.success());
    assert!(said.contains("bad.png") && said.contains("1 of 2"), "{said}");
    assert!(place.at("out/good.png").is_file() && !place.at("out/bad.png").exists());
}

#[test]
fn pictures_that_only_others_read_are_named() {
    let place = Place::new("foreign");
    place.model("deblur-bilinear", &IDENTITY, &[]);
    place.picture("in/base.png");
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    // The same photo in two formats is done once.
    fs::write(place.at("in/base.heic"), heic).unwrap();
    let done = place.run(&["deblur", "in", "-o", "out"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    fs::copy(place.at("in/base.png"), place.at("in/new.jpe")).unwrap();
    fs::write(place.at("in/IMG_1.HEIC"), heic).unwrap();
    fs::write(place.at("in/IMG_2.CR3"), b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom").unwrap();
    fs::write(place.at("in/notes.txt"), "no picture").unwrap();
    let done = place.run(&["deblur", "in", "-o", "out"]);
    let said = text(&done.stderr);
    assert!(!done.status.success() && said.contains("2 of 4"), "{said}");
    assert!(said.contains("IMG_1.HEIC: ") && said.contains("the file is HEIC"), "{said}");
    assert!(said.contains("IMG_2.CR3: ") && said.contains("raw picture"), "{said}");
    assert!(place.at("out/base.png").is_file() && place.at("out/new.png").is_file());
}

#[test]
fn results_go_into_folders_of_any_name() {
    let place = Place::new("folders");
    place.model("deblur-bilinear", &IDENTITY, &[]);
    place.picture("in/a.png");
    for folder in ["results-1.5/", "results-1.6", "results.png/", "results.jpg/"] {
        for input in ["in", "in/a.png"] {
            let done = place.run(&["deblur", input, "-o", folder]);
            assert!(done.status.success(), "{input} {folder}: {}", text(&done.stderr));
            let result = place.at(folder).join("a.png");
            assert!(result.is_file(), "{folder}");
            fs::remove_file(result).unwrap();
        }
    }
    place.picture("file.png");
    for (output, why) in
        [("new.jpeg", "PNG"), ("new.HEIC", "PNG"), ("new.png", "need a folder"), ("file.png/", "file.png")]
    {
        let done = place.run(&["deblur", "in", "-o", output]);
        assert!(
            !done.status.success() && text(&done.stderr).contains(why),
            "{output}: {}",
            text(&done.stderr)
        );
        assert!(!place.at("new.jpeg").exists() && place.at("file.png").is_file());
    }
}

#[test]
fn who_has_read_enough_may_go_away() {
    let place = Place::new("pipes");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.picture("in/a.png");
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    for words in [&["list"][..], &["evaluate", "denoise", "--data", "in", "--json", "scores.json"]] {
        let done = place.command(words).stdout(closed()).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}{}", done.status, text(&done.stderr));
    }
    assert_eq!(place.json("scores.json").as_array().unwrap().len(), 5);
    // Complaints that nobody reads change nothing.
    fs::write(place.at("in/bad.png"), "no picture").unwrap();
    let done = place.command(&["denoise", "in", "-o", "out"]).stderr(closed()).output().unwrap();
    assert!(done.status.code() == Some(1) && place.at("out/a.png").is_file(), "{}", done.status);
    #[cfg(target_os = "linux")]
    {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let done = place.command(&["list"]).stdout(full).output().unwrap();
        let said = text(&done.stderr);
        assert!(done.status.code() == Some(1) && said.contains("standard output: "), "{said}");
    }
}

#[test]
fn inputs_are_never_overwritten() {
    let place = Place::new("overwritten");
    place.model("denoise-bilinear", &[[0.0; 3]; 3], &[]);
    let picture = place.picture("in/a.png");
    for output in ["in", "in/a.png", "in/../in/a.png"] {
        let done = place.run(&["denoise", "in/a.png", "-o", output]);
        assert!(!done.status.success() && text(&done.stderr).contains("overwritten"), "{output}");
    }
    assert_eq!(place.read("in/a.png"), picture);
    fs::copy(place.at("in/a.png"), place.at("in/a.bmp")).unwrap();
    let done = place.run(&["denoise", "in", "-o", "out"]);
    assert!(text(&done.stderr).contains("two inputs"), "{}", text(&done.stderr));
}

#[test]
fn what_is_misspelt_is_suggested() {
    let place = Place::new("misspelt");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.picture("in/a.png");
    for (words, hint) in [
        (&["denoize", "in", "-o", "out"][..], "denoise"),
        (&["denoise", "in", "-o", "out", "--upsampling", "biliniar"], "denoise-bilinear"),
        (&["evaluate", "denois", "--data", "in"], "did you mean \"denoise\""),
        (&["denoise", "nowhere.png", "-o", "out.png"], "nowhere.png"),
        (&["denoise", "in/a.png", "-o", "out.jpg"], "PNG"),
    ] {
        let done = place.run(words);
        assert!(
            !done.status.success() && text(&done.stderr).contains(hint),
            "{words:?}: {}",
            text(&done.stderr)
        );
    }
}

#[test]
fn numbers_out_of_range_are_told_before_any_work() {
    let place = Place::new("ranges");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.picture("in/a.png");
    for (words, option, range) in [
        (&["run", "--model", "models/denoise-bilinear.onnx"][..], ["--opacity", "50"], "0.0..=1.0"),
        (&["segment"], ["--opacity", "-0.1"], "0.0..=1.0"),
        (&["segment"], ["--opacity", "NaN"], "0.0..=1.0"),
        (&["denoise"], ["--tile", "0"], "1.."),
        (&["denoise"], ["--tile", "-1"], "1.."),
        (&["evaluate"], ["--sigma", "-3"], "0.0..=255.0"),
        (&["evaluate"], ["--sigma", "many"], "0.0..=255.0"),
        (&["evaluate"], ["--limit", "0"], "1.."),
        (&["evaluate"], ["--jpeg", "101"], "1..=100"),
        (&["evaluate"], ["--degrade", "fog"], "there is no damage"),
        (&["evaluate"], ["--degrade", "jpeg:quality=0.5"], "0.5"),
        (&["evaluate"], ["--protocol", "foo"], "edges-to-scene, super-resolve-x2"),
    ] {
        let files: &[&str] =
            if words[0] == "evaluate" { &["denoise", "--data", "in"] } else { &["in", "-o", "out"] };
        let done = place.run(&[words, files, &option].concat());
        let said = text(&done.stderr);
        assert!(done.status.code() == Some(2) && !place.at("out").exists(), "{words:?}: {said}");
        assert!(option.iter().chain(&[range]).all(|word| said.contains(word)), "{words:?}: {said}");
    }
}

#[test]
fn segmentations_are_drawn() {
    let place = Place::new("segment");
    let classes = r#"{"color":"classes","classes":["background","pet"]}"#;
    place.model(
        "segment-bilinear",
        &[[0.0; 3], [0.0, 50.0, 0.0]],
        &[("task", "segment"), ("output", classes)],
    );
    place.picture("in/a.png");
    let done = place.run(&["segment", "in/a.png", "-o", "cut.png", "--view", "cutout"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let cut = place.read("cut.png").region(unet_playground::image::Rect::new(0, 0, 40, 30)).unwrap();
    // Where nothing is green the two are as likely, and the alpha is half, to the byte of a probability.
    assert_eq!((cut[3], cut[4 * 40 * 29 + 3]), (126, 255));
    let done = place.run(&["segment", "in/a.png", "-o", "x.png", "--classes", "pett"]);
    assert!(text(&done.stderr).contains("did you mean \"pet\""));
    // A mask that says what the network says.
    fs::create_dir_all(place.at("masks")).unwrap();
    let done = place.run(&["segment", "in/a.png", "-o", "masks/a.png", "--view", "classes"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let done = place.run(&["evaluate", "segment", "--data", "in", "--masks", "masks"]);
    assert!(text(&done.stdout).contains("1.000"), "{}{}", text(&done.stdout), text(&done.stderr));
    // Photos and masks side by side; only photos count.
    fs::create_dir_all(place.at("pair")).unwrap();
    for name in ["cat", "dog"] {
        fs::copy(place.at("in/a.png"), place.at("pair").join(name).with_extension("jpg")).unwrap();
        fs::copy(place.at("masks/a.png"), place.at("pair").join(name).with_extension("png")).unwrap();
    }
    for (limit, count) in [("1", 1), ("2", 2), ("3", 2)] {
        let (data, masks) =
            (["--data", "pair", "--limit", limit], ["--masks", "./pair", "--json", "pair.json"]);
        let done = place.run(&[&["evaluate", "segment"], &data[..], &masks].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
        let scores = &place.json("pair.json")[0]["segmentation"];
        assert!(scores["pictures"] == count && scores["mean_iou"] == 1.0, "{scores}");
    }
    // A mask of another size is named; gray levels may mean classes.
    fs::create_dir_all(place.at("small")).unwrap();
    let small = Picture::from_rgba(8, 8, &[1, 1, 1, 255].repeat(64)).unwrap();
    fs::write(place.at("small/a.png"), encode_png(&small).unwrap()).unwrap();
    for more in [&[][..], &["--mask-values", "0,1"]] {
        let done = place.run(&[&["evaluate", "segment", "--data", "in", "--masks", "small"], more].concat());
        let said = text(&done.stderr);
        assert!(!done.status.success() && said.contains("a.png: ") && said.contains("8 × 8"), "{said}");
    }
    // The photo itself is no mask.
    let done = place.run(&["evaluate", "segment", "--data", "in", "--masks", "in"]);
    assert!(text(&done.stderr).contains("there is no mask of this name"), "{}", text(&done.stderr));
}

#[test]
fn evaluation_measures_what_is_known() {
    let place = Place::new("evaluate");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.model("denoise-transposed-conv-small", &IDENTITY, &[("task", "denoise")]);
    place.model("denoise-colorize-bilinear", &IDENTITY, &[("task", "denoise-colorize")]);
    place.model(
        "super-resolve-x2-bilinear",
        &IDENTITY,
        &[("task", "super-resolve-x2"), ("input", r#"{"scale":2}"#)],
    );
    place.picture("in/a.png");
    place.picture("in/b.png");
    let done =
        place.run(&["evaluate", "denoise", "super-resolve-x2", "--data", "in", "--json", "scores.json"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let scores = place.json("scores.json");
    let rows = scores.as_array().unwrap();
    let told: Vec<[&str; 2]> =
        rows.iter().map(|row| ["model", "protocol"].map(|key| row[key].as_str().unwrap())).collect();
    let noises = [
        "sigma 25 unclipped",
        "sigma 25 8-bit",
        "salt-and-pepper 0.1 8-bit",
        "speckle 0.2 8-bit",
        "poisson 30 8-bit",
    ];
    let models = ["denoise-bilinear.onnx", "denoise-transposed-conv-small.onnx"];
    let mut expected: Vec<[&str; 2]> =
        models.iter().flat_map(|&model| noises.map(|noise| [model, noise])).collect();
    expected.push(["super-resolve-x2-bilinear.onnx", "bicubic x2"]);
    assert_eq!(told, expected);
    let of = |row: usize, side: &str, name: &str| rows[row][side][name].as_f64().unwrap();
    // A network that changes nothing is as good as none, and x2 is bicubic.
    for row in [1, 2, 3, 4, 10] {
        assert_eq!(of(row, "before", "psnr_luma"), of(row, "after", "psnr_luma"), "{:?}", told[row]);
    }
    assert_eq!(rows[10]["pictures"].as_array().unwrap().len(), 2);
    // Noise of sigma 25 has a PSNR of 20.2 dB; where it is clipped, more.
    assert!((19.5..23.0).contains(&of(0, "after", "psnr")), "{scores}");
}

#[test]
fn evaluation_measures_files_as_people_have_them() {
    let place = Place::new("files");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.model("colorize-bilinear", &IDENTITY, &[("task", "colorize")]);
    place.picture("in/a.png");
    let protocols = |words: &[&str]| -> Vec<String> {
        let done =
            place.run(&[&["evaluate", "denoise", "--data", "in", "--json", "scores.json"], words].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
        let scores = place.json("scores.json");
        let rows = scores.as_array().unwrap();
        // A network that changes nothing gives the file as it was saved.
        assert!(rows.iter().all(|row| row["before"]["psnr"] == row["after"]["psnr"]), "{scores}");
        rows.iter().map(|row| row["protocol"].as_str().unwrap().into()).collect()
    };
    let saved = protocols(&["--jpeg", "90", "--sigma", "15"]);
    assert_eq!(saved.len(), 4);
    assert_eq!(saved[0], "sigma 15 8-bit, jpeg 90 420");
    let gray = protocols(&["--gray", "--jpeg", "90,40", "--subsampling", "444"]);
    assert_eq!(gray[3], "gray, poisson 30 8-bit, jpeg 90 444, jpeg 40 444");
    let chain = ["--degrade", "sensor:iso=800,quality=none", "--degrade", "jpeg:quality=60"];
    assert_eq!(protocols(&chain), ["sensor 800, jpeg 60 420"]);
    for (words, word) in [
        (&["evaluate", "colorize", "--data", "in", "--gray"][..], "--gray"),
        (&["evaluate", "denoise", "--data", "in", "--subsampling", "444"], "--jpeg"),
        (&["evaluate", "denoise", "--data", "in", "--degrade", "gray", "--sigma", "9"], "--sigma"),
    ] {
        let done = place.run(words);
        assert!(!done.status.success() && text(&done.stderr).contains(word), "{}", text(&done.stderr));
    }
}

#[test]
fn noise_is_told_of_every_picture() {
    let place = Place::new("noise");
    place.picture("in/a.png");
    fs::write(place.at("in/b.png"), "no picture").unwrap();
    let done = place.run(&["noise", "in"]);
    assert!(!done.status.success());
    assert!(text(&done.stderr).contains("b.png"), "{}", text(&done.stderr));
    let told = text(&done.stdout);
    assert!(told.starts_with("picture") && told.contains("a.png") && told.lines().count() == 2, "{told}");
}

#[test]
fn evaluation_names_what_it_leaves_out() {
    let place = Place::new("left-out");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.model("denoise-nearest", &IDENTITY, &[]);
    place.model("denoise-odd", &IDENTITY, &[("task", "odd")]);
    place.picture("in/a.png");
    let whole = fs::read(place.at("models/denoise-bilinear.onnx")).unwrap();
    fs::write(place.at("models/denoise-max-unpool.onnx"), &whole[..whole.len() / 2]).unwrap();
    // What was in the file before is gone, to the last byte.
    fs::write(place.at("scores.json"), "long ".repeat(10_000)).unwrap();
    let words = ["evaluate", "denoise", "odd", "--data", "in", "--json", "scores.json"];
    let done = place.run(&words);
    let said = text(&done.stderr);
    assert!(!done.status.success(), "{said}");
    assert_eq!(said.matches("error: models/denoise-max-unpool.onnx: ").count(), 1, "{said}");
    let odd = "error: models/denoise-odd.onnx: nothing is known of how to measure the task \"odd\"";
    assert!(said.contains(odd) && said.contains("deblur, colorize, denoise-colorize"), "{said}");
    assert_eq!(place.json("scores.json").as_array().unwrap().len(), 5);
    assert!(text(&done.stdout).contains("denoise-bilinear.onnx"));
    let done = place.run(&["evaluate", "denoise-nearest", "--data", "in"]);
    let said = text(&done.stderr);
    assert!(said.contains("denoise-nearest.onnx: it does not say what it is for; name a task"), "{said}");
    // Which task is it of? Whoever asks for one that is not there learns of it.
    let done = place.run(&["evaluate", "colorize", "--data", "in"]);
    let said = text(&done.stderr);
    assert!(said.contains("there are denoise, odd") && said.contains("denoise-max-unpool.onnx: "), "{said}");
    fs::create_dir_all(place.at("broken")).unwrap();
    fs::rename(place.at("models/denoise-max-unpool.onnx"), place.at("broken/denoise-max-unpool.onnx"))
        .unwrap();
    let done = place.run(&["evaluate", "denoise", "--data", "in", "--models", "broken"]);
    let said = text(&done.stderr);
    assert!(said.contains("names its task\nerror: broken/denoise-max-unpool.onnx: "), "{said}");
}

#[test]
fn scores_that_cannot_be_written_are_not_measured() {
    let place = Place::new("json");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    fs::write(place.at("in/bad.png"), "no picture").unwrap();
    for file in ["nowhere/scores.json", "in"] {
        let done = place.run(&["evaluate", "denoise", "--data", "in", "--json", file]);
        let said = text(&done.stderr);
        assert!(said.starts_with(&format!("error: {file}: ")) && !said.contains("bad.png"), "{said}");
    }
}

/// A model that keeps its weights in `weights/model.bin`; it turns colors around.
fn with_weights_in_a_folder(place: &Place) {
    let entry = |key: &str, value: &str| field(13, [field(1, key), field(2, value)].concat());
    let stored = [entry("location", "weights/model.bin"), writer::int(14, 1)].concat();
    let model = writer::Model {
        inputs: vec![port("x", &[1, 3, -1, -1])],
        outputs: vec![port("y", &[1, 3, -1, -1])],
        ..writer::Model::new(
            vec![node("conv", "Conv", &["x", "w"], &["y"], &[])],
            vec![writer::tensor("w", 1, &[3, 3, 1, 1], &stored)],
        )
    };
    fs::write(place.at("models/model.onnx"), model.bytes()).unwrap();
}

#[test]
fn weights_are_found_in_folders_and_under_the_names_that_browsers_give() {
    let place = Place::new("external");
    with_weights_in_a_folder(&place);
    let source = place.picture("in/a.png");
    let weights: Vec<u8> =
        [0.0f32, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let run = || place.run(&["run", "--model", "models/model.onnx", "in/a.png", "-o", "out.png"]);
    let missing = run();
    assert!(!missing.status.success() && text(&missing.stderr).contains("weights/model.bin"));
    fs::create_dir(place.at("models/weights")).unwrap();
    for name in ["weights/model.bin", "weights/model (1).bin", "model.bin", "model(2).bin"] {
        fs::write(place.at("models").join(name), &weights).unwrap();
        let done = run();
        assert!(done.status.success(), "{name}: {}", text(&done.stderr));
        let made = place.read("out.png");
        let swapped = |picture: &Picture| picture.region(picture.rect()).unwrap();
        let [from, to] = [swapped(&source), swapped(&made)];
        let turned = from.chunks_exact(4).zip(to.chunks_exact(4));
        assert!(turned.into_iter().all(|(a, b)| [a[2], a[1], a[0]] == b[..3]), "{name}");
        fs::remove_file(place.at("models").join(name)).unwrap();
        fs::remove_file(place.at("out.png")).unwrap();
    }
    // Nothing outside the model's folder, whatever the file says.
    fs::write(place.at("model.bin"), &weights).unwrap();
    assert!(!run().status.success());
}

#[test]
fn a_picture_that_is_resized_for_a_network_of_one_size_is_told() {
    let place = Place::new("frame");
    let model = writer::Model {
        inputs: vec![port("x", &[1, 3, 16, 16])],
        outputs: vec![port("y", &[1, 3, 16, 16])],
        ..writer::Model::new(
            vec![
                node("pool", "GlobalAveragePool", &["x"], &["g"], &[]),
                node("most", "Max", &["x", "g"], &["y"], &[]),
            ],
            vec![],
        )
    };
    fs::write(place.at("models/model.onnx"), model.bytes()).unwrap();
    place.picture("in/a.png");
    let done = place.run(&["run", "--model", "models/model.onnx", "in/a.png", "-o", "out.png"]);
    let said = text(&done.stderr);
    assert!(done.status.success() && said.contains("16 × 16") && said.contains("resized"), "{said}");
    assert_eq!(place.read("out.png").size(), (40, 30));
}
