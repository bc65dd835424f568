//! Every shipped network on small pictures as people have them, held to the least that it has to gain, so that a spoilt file is
//! noticed. What the networks reach on whole sets stands in `models/README.md`.

use crate::zoo::{Entry, engine, made, manifest, opened, photo, tasks, tells_classes, text};
use serde_json::{Value, json};
use unet_playground::image::{FilterSpec, Picture, apply_all, metrics, offered};
use unet_playground::session::{Model, OptionalValues};

/// What is done to a picture, and the decibels that a network has to gain over what is left of it (made as large as the result by
/// bicubic interpolation): somewhat less than the files gain that are shipped.
struct Case {
    name: &'static str,
    damage: Value,
    floor: f64,
}

fn case(name: &'static str, floor: f64, damage: Value) -> Case {
    Case { name, damage, floor }
}

/// By what the manifest says of a file: task, variant, survey.
fn cases(entry: &Entry) -> Vec<Case> {
    let [task, variant, survey] = ["task", "variant", "survey"].map(|key| text(entry, key));
    let noise = json!({ "kind": "gaussian-noise", "sigma": 25.0 });
    let reduced = |scale: u32| json!({ "kind": "downscale", "scale": scale });
    let (gray, jpeg) =
        (json!({ "kind": "gray" }), |quality: u8| json!({ "kind": "jpeg", "quality": quality }));
    match (task, variant, survey) {
        ("denoise", "", "") => vec![
            case("noise", 10.0, json!([noise])),
            case("noise in a JPEG file, 4:2:0", 6.5, json!([noise, jpeg(95)])),
            case(
                "noise in a gray JPEG file",
                8.0,
                json!([gray, { "kind": "gaussian-noise", "sigma": 25.0, "alike": true }, jpeg(85)]),
            ),
            case("a JPEG file of quality 10", 0.5, json!([jpeg(10)])),
        ],
        ("denoise", "", "denoisers") => vec![case("noise", 6.0, json!([noise]))],
        ("deblur", "", "") => vec![
            case("Gaussian blur", 2.5, json!([{ "kind": "gaussian-blur", "sigma": 2.0, "noise": 2.0 }])),
            case("out of focus", 1.8, json!([{ "kind": "defocus", "radius": 3.5, "noise": 2.0 }])),
            case("motion", 2.2, json!([{ "kind": "motion", "length": 10.0, "angle": 30.0, "noise": 2.0 }])),
        ],
        // Below bicubic interpolation, as its card says.
        ("super-resolve-x2", "lecture", "") => vec![case("reduced", -2.6, json!([reduced(2)]))],
        ("super-resolve-x2", "", "") => vec![case("reduced", 1.8, json!([reduced(2)]))],
        ("super-resolve-x2", "compressed", "") => {
            vec![case("reduced and saved", 0.2, json!([reduced(2), jpeg(75)]))]
        }
        ("super-resolve-x4", "", "") => vec![case("reduced", 1.2, json!([reduced(4)]))],
        ("super-resolve-x4", "compressed", "") => {
            vec![case("reduced and saved", 0.3, json!([reduced(4), jpeg(75)]))]
        }
        ("super-resolve-x2", "", "best-quality") => vec![case("reduced", 1.8, json!([reduced(2)]))],
        ("super-resolve-x4", "", "best-quality") => vec![case("reduced", 1.3, json!([reduced(4)]))],
        ("super-resolve-x4", "", "frameworks" | "designs") => vec![case("reduced", 0.5, json!([reduced(4)]))],
        ("colorize", "", "") => vec![case("gray", 5.0, json!([gray]))],
        ("denoise-colorize", "", "") => vec![case("gray noise", 6.0, json!([gray, noise, gray]))],
        ("repair", "", "") => vec![
            case("scratches and specks", 2.0, json!([{ "kind": "old-photo", "wear": 1.0, "seed": 3 }])),
            case(
                "a soft, grainy print in a JPEG file",
                1.5,
                json!([{ "kind": "old-photo", "wear": 0.4, "blur": 0.8, "grain": 10.0, "quality": 85, "seed": 3 }]),
            ),
        ],
        // From black lines on white to the colors of the picture.
        ("edges-to-scene", "", "") => vec![case("edges", 6.0, json!([{ "kind": "edges" }]))],
        // Of a network that nothing is said of here: that it gains anything over its task's usual damage.
        _ => vec![case("usual damage", 0.0, json!([usual_damage(task)]))],
    }
}

/// The first kind of damage that a task is tested with.
fn usual_damage(task: &str) -> Value {
    let facts = tasks().into_iter().find(|entry| text(entry, "id") == task).expect("an entry of tasks.json");
    let usual = offered().into_iter().map(|offer| serde_json::to_value(offer.usual).unwrap());
    let mut damage =
        usual.into_iter().find(|usual| usual["kind"] == facts["kinds"][0]).expect("a kind of damage");
    if let Some(scale) = damage.get_mut("scale") {
        *scale = facts["scale"].clone();
    }
    damage
}

fn sample(side: u32) -> Picture {
    let picture = photo("chelsea.jpg", side);
    let [width, height] = [picture.width(), picture.height()].map(|length| length / 4 * 4);
    apply_all(
        &[spec(json!({ "kind": "resize", "width": width, "height": height, "interpolation": "bicubic" }))],
        &picture,
    )
    .unwrap()
}

fn spec(json: Value) -> FilterSpec {
    serde_json::from_value(json).unwrap()
}

fn psnr(a: &Picture, b: &Picture) -> f64 {
    metrics::compare(a, b, 4).unwrap().psnr
}

#[test]
fn every_network_gains_what_it_has_to() {
    let (engine, original) = (engine(), sample(160));
    let gray = apply_all(&[FilterSpec::Gray {}], &original).unwrap();
    let mut short = vec![];
    for entry in manifest().into_iter().filter(|entry| !tells_classes(entry)) {
        let (file, model) = (text(&entry, "file"), opened(&engine, &entry));
        for Case { name, damage, floor } in cases(&entry) {
            let chain: Vec<FilterSpec> = serde_json::from_value(damage).unwrap();
            let input = apply_all(&chain, &original).unwrap();
            // Nobody takes noise away to get colors.
            let is_gray = text(&entry, "task") == "denoise" && chain[0] == FilterSpec::Gray {};
            let truth = if is_gray { &gray } else { &original };
            let (width, height) = original.size();
            let size =
                json!({ "kind": "resize", "width": width, "height": height, "interpolation": "bicubic" });
            let plain = if input.size() == original.size() {
                psnr(&input, truth)
            } else {
                psnr(&apply_all(&[spec(size)], &input).unwrap(), truth)
            };
            let gain = psnr(&made(&model, &input, OptionalValues::default()), truth) - plain;
            println!("{file}, {name}: {gain:.2} dB over {plain:.2}");
            if gain < floor {
                short.push(format!("{file}, {name}: gains {gain:.2} dB, has to gain {floor}"));
            }
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn the_cat_is_found_and_nothing_in_a_wall() {
    let (engine, cat, wall) = (engine(), sample(192), photo("brick.jpg", 192));
    // The share of pixels whose most likely class is this; labels are in red.
    let share = |model: &Model, picture: &Picture, class: u8| {
        let labels = made(model, picture, OptionalValues::default());
        let pixels = labels.region(labels.rect()).unwrap();
        pixels.chunks_exact(4).filter(|pixel| pixel[0] == class).count() as f64 / (pixels.len() / 4) as f64
    };
    let mut tested = 0;
    for entry in manifest().into_iter().filter(tells_classes) {
        let (file, model) = (text(&entry, "file"), opened(&engine, &entry));
        let classes = model.describe().unwrap().classes;
        let Some(pet) = classes.iter().position(|class| class.name == "pet").map(|pet| pet as u8) else {
            continue;
        };
        let (found, in_wall) = (share(&model, &cat, pet), share(&model, &wall, 0));
        println!("{file}: pet {found:.2}, wall {in_wall:.2}");
        tested += 1;
        assert!(found > 0.4, "{file}: a pet in {found:.2} of the cat's picture");
        // Those of surveys were trained for minutes.
        let floor = if entry.contains_key("survey") { 0.7 } else { 0.8 };
        assert!(in_wall > floor, "{file}: nothing in {in_wall:.2} of the wall's picture");
    }
    assert!(tested > 5);
}
