//! The native command, run as people run it.

#![cfg(feature = "cli")]

#[path = "../hostile/writer.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod writer;

mod batches;
mod evaluate;
mod place;

use place::{IDENTITY, Place, text};
use std::fs;
use unet_playground::image::filter::Interpolation;
use unet_playground::image::{FilterSpec, Picture, apply_all, encode_png};
use writer::{field, node, port};

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
fn the_steps_of_an_old_photo_run_one_after_another() {
    let place = Place::new("steps");
    for task in ["repair", "colorize"] {
        place.model(&format!("{task}-bilinear"), &IDENTITY, &[("task", task)]);
    }
    place.model("super-resolve-x2-bilinear", &IDENTITY, &[("input", r#"{"scale":2}"#)]);
    let picture = place.picture("in/a.png");
    let run = |words: &[&str]| {
        let done = place.run(words);
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    };
    run(&["old-photo", "in/a.png", "-o", "made.png"]);
    run(&["run", "--filter", "autocontrast", "in/a.png", "-o", "clear.png"]);
    run(&["super-resolve", "clear.png", "-o", "wanted.png"]);
    assert_eq!(place.read("made.png"), place.read("wanted.png"));
    run(&["old-photo", "in/a.png", "-o", "same.png", "--without", "autocontrast,super-resolve-x2"]);
    assert_eq!(place.read("same.png"), picture);
    // Marks of compression are left up to the first network that makes another picture.
    place.model("super-resolve-x2-bilinear-compressed", &IDENTITY, &[("input", r#"{"scale":2}"#)]);
    run(&["old-photo", "in/a.png", "-o", "c.png", "--source", "compressed", "--without", "repair"]);
    for (words, word) in [
        (&["--without", "repair,autocontrast,colorize,super-resolve-x2"][..], "nothing to do"),
        (&["--without", "fog"], "autocontrast"),
        (&["--set", "warmth=1"], "none of the steps has an optional number named \"warmth\""),
        (&["--hint", "1,1,#ff0000"], "none of the steps takes color hints"),
        (&["--without", "repair,colorize,super-resolve-x2", "--set", "warmth=1"], "none of the steps"),
        (&["--source", "compressed"], "no network beside it for compressed pictures"),
        (&["--upsampling", "bilinaer"], "did you mean \"repair-bilinear\""),
    ] {
        let done = place.run(&[&["old-photo", "in/a.png", "-o", "b.png"], words].concat());
        let said = text(&done.stderr);
        assert!(
            !done.status.success() && said.contains(word) && !place.at("b.png").exists(),
            "{words:?}: {said}"
        );
    }
}

#[test]
fn filters_run_in_their_order_without_any_model() {
    let place = Place::new("filtered");
    let picture = place.picture("in/a.png");
    let done =
        place.run(&["run", "--filter", "upscale:scale=3", "--filter", "median", "in/a.png", "-o", "out.png"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let chain = [
        FilterSpec::Upscale { scale: 3, interpolation: Interpolation::Bicubic },
        FilterSpec::Median { side: 3 },
    ];
    assert_eq!(place.read("out.png"), apply_all(&chain, &picture).unwrap());
    for (words, word) in [
        (&["run", "in/a.png", "-o", "b.png"][..], "--model"),
        (&["run", "in/a.png", "-o", "b.png", "--model", "a.onnx", "--filter", "median"], "--filter"),
        (&["run", "in/a.png", "-o", "b.png", "--filter", "median", "--set", "sigma=3"], "--set"),
        (&["run", "in/a.png", "-o", "b.png", "--filter", "bilatral"], "did you mean \"bilateral\""),
        (&["run", "in/a.png", "-o", "b.png", "--filter", "median:side=4"], "odd"),
    ] {
        let done = place.run(words);
        assert!(
            !done.status.success() && text(&done.stderr).contains(word) && !place.at("b.png").exists(),
            "{words:?}: {}",
            text(&done.stderr)
        );
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
fn every_kernel_is_timed() {
    let place = Place::new("profile");
    place.model("net", &IDENTITY, &[]);
    let csv = place.run(&["profile", "models/net.onnx", "--size", "32x24", "--csv"]);
    let told = text(&csv.stdout).to_owned();
    let rows: Vec<Vec<&str>> = told.lines().map(|line| line.split(',').collect()).collect();
    let [head, conv, all] = &rows[..] else { panic!("{told}{}", text(&csv.stderr)) };
    assert_eq!(conv[..4], ["conv", "Conv", "Direct", "1x3x24x32"]);
    assert!(rows.iter().all(|row| row.len() == head.len()), "{told}");
    // 2·3 operations for each of 3·24·32 values.
    let (ms, rate): (f64, f64) = (conv[4].parse().unwrap(), conv[6].parse().unwrap());
    assert!((ms * rate - 0.013_824).abs() < 0.05 * ms + 0.0005 * rate, "{told}");
    assert_eq!((all[0], all[4]), ("all", conv[4]));
    let table = text(&place.run(&["profile", "models/net.onnx"]).stdout).to_owned();
    assert!(table.contains("1x3x256x256") && table.contains("of bound %"), "{table}");
    for (words, hint) in [
        (["models/net.onnx", "--size", "32"], "a width and a height"),
        (["models/net.onnx", "--size", "0x8"], "a width and a height"),
        (["models/none.onnx", "--size", "8x8"], "none.onnx"),
    ] {
        let done = place.run(&[&["profile"], &words[..]].concat());
        assert!(!done.status.success() && text(&done.stderr).contains(hint), "{}", text(&done.stderr));
    }
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
fn every_task_has_a_command_with_the_options_that_it_needs() {
    let place = Place::new("help");
    let help = |words: &[&str]| {
        let done = place.run(&[words, &["--help"]].concat());
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
        text(&done.stdout).to_owned()
    };
    let all = help(&[]);
    for line in [
        "denoise           Remove noise",
        "super-resolve     Enlarge",
        "colorize          Color gray pictures",
        "segment           Find people and pets",
        "old-photo         Repair, color and enlarge an old photo",
    ] {
        assert_eq!(all.matches(line).count(), 1, "{line}: {all}");
    }
    for (command, option) in [
        ("super-resolve", "--scale"),
        ("edges-to-scene", "--from-photo"),
        ("segment", "--opacity"),
        ("old-photo", "--without"),
    ] {
        assert!(help(&[command]).contains(option), "{command} {option}");
        assert!(!help(&["denoise"]).contains(option), "denoise {option}");
    }
    assert!(help(&["super-resolve"]).contains("[default: 2]"));
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
        (&["evaluate"], ["--protocol", "foo"], "denoise-colorize, edges-to-scene"),
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
    // Where nothing is green the two are as likely, and the alpha is about half; along the edges it is refined.
    let (unsure, certain) = (cut[3], cut[4 * 40 * 29 + 3]);
    assert!((100..=155).contains(&unsure) && certain == 255, "{unsure}, {certain}");
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
fn a_network_is_told_what_it_can_be_told() {
    let place = Place::new("told");
    let nodes = vec![node("times", "Mul", &["x", "gain"], &["y"], &[])];
    let written = writer::Model {
        inputs: vec![port("x", &[1, 3, -1, -1]), port("gain", &[])],
        outputs: vec![port("y", &[1, 3, -1, -1])],
        ..writer::Model::new(nodes, vec![writer::floats("gain", &[], &[1.0])])
    };
    let optional =
        [field(1, "optional"), field(2, r#"{"gain": {"kind": "number", "range": [0, 1]}}"#)].concat();
    fs::write(place.at("gain.onnx"), [written.bytes(), field(14, optional)].concat()).unwrap();
    let source = place.picture("in/a.png");
    let run = |told: &str, value: &str| {
        place.run(&["run", "--model", "gain.onnx", "in/a.png", "-o", "out.png", told, value])
    };
    let done = run("--set", "gain=0");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let made = place.read("out.png");
    let made = made.region(made.rect()).unwrap();
    assert!(made.chunks_exact(4).all(|pixel| pixel[..3] == [0, 0, 0]) && source.width() > 0);
    for (told, value, wanted) in [
        ("--set", "gain=2", "from 0 to 1"),
        ("--set", "grain=1", "it has gain"),
        ("--set", "gain", "NAME=VALUE"),
        ("--hint", "1,1,#ff0000", "takes no color hints"),
        ("--hint", "red", "X,Y,#RRGGBB"),
    ] {
        let done = run(told, value);
        let said = text(&done.stderr);
        assert!(!done.status.success() && said.contains(wanted), "{told} {value}: {said}");
    }
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
