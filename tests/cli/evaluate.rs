//! Scores.

use crate::place::{IDENTITY, Place, text};
use std::fs;
use std::path::Path;

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
fn evaluation_measures_filters_beside_models() {
    let place = Place::new("filters");
    place.model("denoise-bilinear", &IDENTITY, &[("task", "denoise")]);
    place.picture("in/a.png");
    let rows = |words: &[&str]| -> Vec<serde_json::Value> {
        let done = place.run(&[&["evaluate", "--data", "in", "--json", "scores.json"], words].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
        place.json("scores.json").as_array().unwrap().clone()
    };
    let all = rows(&["mean:side=5", "denoise", "--degrade", "gaussian-noise:sigma=40"]);
    let names: Vec<&str> = all.iter().map(|row| row["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["mean 5", "denoise-bilinear.onnx"]);
    // Both get the same damaged picture.
    assert_eq!(all[0]["before"], all[1]["before"]);
    let psnr = |row: &serde_json::Value, side: &str| row[side]["psnr"].as_f64().unwrap();
    assert_ne!(psnr(&all[0], "before"), psnr(&all[0], "after"));
    // Filters need no models, and get no noise that is not rounded.
    fs::remove_dir_all(place.at("models")).unwrap();
    assert_eq!(rows(&["median", "--protocol", "denoise"]).len(), 4);
    // What enlarges is better at photos than at stripes.
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/filters/photo.png");
    fs::copy(photo, place.at("in/a.png")).unwrap();
    let enlarged =
        rows(&["upscale", "back-projection", "multi-frame:frames=9", "--protocol", "super-resolve-x2"]);
    let [bicubic, projected, fused] = &enlarged[..] else { panic!("{enlarged:?}") };
    assert_eq!(bicubic["before"], bicubic["after"]);
    assert!(psnr(projected, "after") > psnr(bicubic, "after"), "{enlarged:?}");
    assert!(psnr(fused, "after") > psnr(projected, "after"), "{enlarged:?}");
    for (words, word) in [
        (&["evaluate", "median", "--data", "in"][..], "median 3: it does not declare a task"),
        (
            &["evaluate", "multi-frame", "--data", "in", "--protocol", "denoise"],
            "makes its small pictures itself",
        ),
        (&["evaluate", "bilateral:sigma=0.5", "--data", "in", "--protocol", "denoise"], "from 1 to 100"),
    ] {
        let done = place.run(words);
        assert!(!done.status.success() && text(&done.stderr).contains(word), "{}", text(&done.stderr));
    }
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
    let odd = "error: models/denoise-odd.onnx: there is no evaluation protocol for the task \"odd\"";
    assert!(said.contains(odd) && said.contains("colorize, denoise-colorize"), "{said}");
    assert_eq!(place.json("scores.json").as_array().unwrap().len(), 5);
    assert!(text(&done.stdout).contains("denoise-bilinear.onnx"));
    let done = place.run(&["evaluate", "denoise-nearest", "--data", "in"]);
    let said = text(&done.stderr);
    assert!(said.contains("denoise-nearest.onnx: it does not declare a task; specify a task"), "{said}");
    // Which task is it of? Whoever asks for one that is not there learns of it.
    let done = place.run(&["evaluate", "colorize", "--data", "in"]);
    let said = text(&done.stderr);
    assert!(said.contains("there are denoise, odd") && said.contains("denoise-max-unpool.onnx: "), "{said}");
    fs::create_dir_all(place.at("broken")).unwrap();
    fs::rename(place.at("models/denoise-max-unpool.onnx"), place.at("broken/denoise-max-unpool.onnx"))
        .unwrap();
    let done = place.run(&["evaluate", "denoise", "--data", "in", "--models", "broken"]);
    let said = text(&done.stderr);
    assert!(said.contains("declares its task\nerror: broken/denoise-max-unpool.onnx: "), "{said}");
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
