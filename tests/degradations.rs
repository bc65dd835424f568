//! The kinds of damage that are offered, and what JavaScript and the page know of filters: two files that are generated here.
//!
//! `UPDATE_GENERATED=1 cargo test --test degradations` writes them anew.

use std::collections::BTreeMap;
use std::path::Path;

use unet_playground::image::{Control, FilterSpec, Picture, classical, offered};

/// Kinds that restore or adjust, and are no damage.
const OTHERS: [&str; 11] = [
    "autocontrast",
    "mean",
    "median",
    "bilateral",
    "non-local-means",
    "unsharp",
    "upscale",
    "back-projection",
    "multi-frame",
    "resize",
    "saturation",
];

fn fields(spec: &FilterSpec) -> serde_json::Map<String, serde_json::Value> {
    serde_json::to_value(spec).unwrap().as_object().unwrap().clone()
}

fn error_of(json: &str) -> Option<String> {
    serde_json::from_str::<FilterSpec>(json).err().map(|error| error.to_string())
}

/// What stands between backticks in an error that names all that would do.
fn expected(error: &str) -> Vec<&str> {
    error.split('`').skip(3).step_by(2).collect()
}

/// All kinds by what reading an unknown one answers.
fn kinds() -> Vec<String> {
    let error = error_of(r#"{"kind": "?"}"#).unwrap();
    expected(&error).into_iter().map(String::from).collect()
}

/// Options of a kind in TypeScript, by what reading wrong ones answers.
fn options(kind: &str) -> Vec<String> {
    let error = error_of(&format!(r#"{{"kind": "{kind}", "?": 0}}"#)).unwrap();
    // "unknown field `?`, expected `a` or `b`", or "there are no fields".
    let names: Vec<&str> = expected(&error);
    let candidates = |name: &str| -> (String, String) {
        let of = |value: &str| format!(r#""{name}": {value}"#);
        let alone = |value: &str| error_of(&format!(r#"{{"kind": "{kind}", {}}}"#, of(value)));
        let refused = |value: &str| {
            alone(value)
                .is_some_and(|error| error.contains("invalid type") || error.contains("unknown variant"))
        };
        if !refused("1") {
            ("number".into(), of("1"))
        } else if !refused("true") {
            ("boolean".into(), of("true"))
        } else {
            let error = alone(r#""?""#).unwrap();
            let words: Vec<String> = expected(&error).iter().map(|word| format!("\"{word}\"")).collect();
            (words.join(" | "), of(&words[0]))
        }
    };
    let all: Vec<(String, String)> = names.iter().map(|name| candidates(name)).collect();
    let without = |left: usize| {
        let given =
            all.iter().enumerate().filter(|&(i, _)| i != left).map(|(_, (_, json))| format!(", {json}"));
        format!(r#"{{"kind": "{kind}"{}}}"#, given.collect::<String>())
    };
    assert_eq!(error_of(&without(usize::MAX)), None, "{kind}");
    let declared = names.iter().zip(&all).enumerate().map(|(i, (name, (of, _)))| {
        let mark = if error_of(&without(i)).is_none() { "?" } else { "" };
        format!("; {name}{mark}: {of}")
    });
    declared.collect()
}

/// The comment of each variant, by its name in JSON.
fn comments() -> BTreeMap<String, String> {
    let (mut comments, mut lines) = (BTreeMap::new(), vec![]);
    for line in include_str!("../crates/image/src/filter_spec.rs").lines() {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix("/// ") {
            lines.push(comment.replace('\\', ""));
        } else if let Some((name, _)) =
            line.split_once(" {").filter(|(name, _)| name.chars().all(char::is_alphanumeric))
        {
            let kebab = |c: char| if c.is_uppercase() { format!("-{}", c.to_lowercase()) } else { c.into() };
            let name: String = name.chars().map(kebab).collect();
            comments.insert(name.trim_start_matches('-').into(), lines.join("\n   *  "));
            lines.clear();
        } else {
            lines.clear();
        }
    }
    comments
}

fn declarations() -> String {
    let comments = comments();
    let variants: String = kinds()
        .iter()
        .map(|kind| {
            format!("  /** {} */\n  | {{ kind: \"{kind}\"{} }}\n", comments[kind], options(kind).concat())
        })
        .collect();
    let damage: Vec<String> =
        offered().iter().map(|offer| fields(&offer.usual)["kind"].to_string()).collect();
    format!(
        "/** A filter's name with its options. Equal seeds (whole numbers from 0) give equal damage, and a region is\n \
         *  damaged like the same region of the whole picture. */\n\
         export type FilterSpec =\n{};\n\n\
         /** Kinds of filters that degrade a picture. */\n\
         export type DegradationKind =\n  | {};\n",
        variants.trim_end(),
        damage.join("\n  | ")
    )
}

/// Compares a generated file with what it ought to be, or writes it where that is asked for.
fn generated(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wanted).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "{file} is out of date: run UPDATE_GENERATED=1 cargo test --test degradations");
}

#[test]
fn the_page_has_what_is_offered() {
    let wanted = serde_json::to_string_pretty(&offered()).unwrap() + "\n";
    generated("www/src/generated/degradations.json", &wanted);
}

#[test]
fn the_page_has_the_classical_methods() {
    let wanted = serde_json::to_string_pretty(&classical()).unwrap() + "\n";
    generated("www/src/generated/classical.json", &wanted);
}

#[test]
fn javascript_has_the_types_of_all_filters() {
    generated("src/web/filters.d.ts", &declarations());
}

#[test]
fn every_kind_of_damage_is_offered_once() {
    let mut kinds = kinds();
    kinds.retain(|kind| !OTHERS.contains(&kind.as_str()));
    let offers: Vec<String> =
        offered().iter().map(|offer| fields(&offer.usual)["kind"].as_str().unwrap().to_string()).collect();
    kinds.sort_unstable();
    let mut sorted = offers.clone();
    sorted.sort();
    assert_eq!(sorted, kinds);
}

#[test]
fn the_ends_of_every_range_are_accepted() {
    let picture = Picture::from_rgba(40, 30, &[90, 120, 200, 255].repeat(40 * 30)).unwrap();
    for offer in [offered(), classical()].concat() {
        let usual = fields(&offer.usual);
        let mut tried = vec![usual.clone()];
        for control in &offer.controls {
            let (name, values): (_, Vec<serde_json::Value>) = match control {
                Control::Range { name, min, max, step } => {
                    // What has no usual value is found out for each picture.
                    let value = usual.get(*name).map_or(*min, |value| value.as_f64().unwrap());
                    assert!((*min..=*max).contains(&value) && *step > 0.0, "{usual:?}: {name}");
                    // Whole numbers are whole in JSON, as JavaScript writes them.
                    let json = |v: f64| if v.fract() == 0.0 { (v as u64).into() } else { v.into() };
                    (name, vec![json(*min), json(*max)])
                }
                Control::Choice { name, options } => {
                    assert!(options.contains(&usual[*name].as_str().unwrap()));
                    (name, options.iter().map(|&option| option.into()).collect())
                }
            };
            for value in values {
                let mut fields = usual.clone();
                fields.insert((*name).into(), value);
                tried.push(fields);
            }
        }
        for fields in tried {
            let spec: FilterSpec = serde_json::from_value(fields.clone().into()).unwrap();
            spec.apply(&picture).unwrap_or_else(|e| panic!("{fields:?}: {e}"));
        }
    }
}

#[test]
fn what_is_wrong_with_a_filter_is_named() {
    for (json, word) in [
        (r#"{"kind": "fog"}"#, "fog"),
        (r#"{"sigma": 3}"#, "kind"),
        (r#"{"kind": "poisson"}"#, "peak"),
        (r#"{"kind": "poisson", "peak": 20, "sigma": 3}"#, "sigma"),
        (r#"{"kind": "poisson", "peak": "many"}"#, "many"),
        (r#"{"kind": "downscale", "scale": 1.5}"#, "1.5"),
        (r#"{"kind": "poisson", "peak": 20, "seed": -1}"#, "-1"),
    ] {
        let error = serde_json::from_str::<FilterSpec>(json).unwrap_err().to_string();
        assert!(error.contains(word), "{json}: {error}");
    }
}
