//! Filters in command-line syntax: `poisson:peak=30` stands for the JSON `{"kind": "poisson", "peak": 30}`.

use super::Outcome;
use super::models::nearest;
use serde_json::{Map, Number, Value};
use unet_playground::image::{FilterSpec, Offer, classical, offered};

/// Parses a kind of damage from [`offered`], with its usual values except for the given ones. `none` removes
/// a value.
///
/// # Errors
/// A sentence that names the kind or the value.
pub(super) fn parse(text: &str) -> Outcome<FilterSpec> {
    among(&offered(), "damage", text)
}

/// Parses any kind of filter; restoring ones take precedence.
///
/// # Errors
/// As for [`parse`].
pub(super) fn parse_filter(text: &str) -> Outcome<FilterSpec> {
    among(&[classical(), offered()].concat(), "filter", text)
}

/// Whether the kind restores or enlarges, whatever its values.
pub(super) fn is_classical(text: &str) -> bool {
    let kind = text.split(':').next().unwrap_or(text);
    classical().iter().any(|offer| fields(&offer.usual)["kind"] == kind)
}

fn among(offers: &[Offer], what: &str, text: &str) -> Outcome<FilterSpec> {
    let (kind, given) = text.split_once(':').unwrap_or((text, ""));
    let usual: Vec<Map<String, Value>> = offers.iter().map(|offer| fields(&offer.usual)).collect();
    let Some(mut all) = usual.iter().find(|fields| fields["kind"] == kind).cloned() else {
        let kinds: Vec<String> = usual.iter().map(|fields| text_of(&fields["kind"])).collect();
        let hint = nearest(kind, &kinds).map(|near| format!("did you mean \"{near}\"?"));
        let hint = hint.unwrap_or_else(|| format!("there are {}", kinds.join(", ")));
        return Err(format!("there is no {what} \"{kind}\"; {hint}"));
    };
    for pair in given.split(',').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(format!("\"{pair}\" is not a name and its value, as in \"sigma=25\""));
        };
        match value {
            "none" => drop(all.remove(name)),
            // Words may look like numbers.
            _ if all.get(name).is_some_and(Value::is_string) => drop(all.insert(name.into(), value.into())),
            _ => drop(all.insert(name.into(), value_of(value))),
        }
    }
    serde_json::from_value(Value::Object(all)).map_err(|e| format!("{text}: {e}"))
}

/// Kind and values without the seed: "poisson 30".
pub(super) fn label(spec: &FilterSpec) -> String {
    let values = fields(spec);
    let others = values.iter().filter(|(name, _)| !["kind", "seed"].contains(&name.as_str()));
    [text_of(&values["kind"])]
        .into_iter()
        .chain(others.map(|(_, value)| text_of(value)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn fields(spec: &FilterSpec) -> Map<String, Value> {
    match serde_json::to_value(spec) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("a filter is an object of its kind and its values, not {other:?}"),
    }
}

fn value_of(text: &str) -> Value {
    let whole = text.parse::<u64>().ok().map(Value::from);
    let number = || text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number);
    let flag = || text.parse::<bool>().ok().map(Value::Bool);
    whole.or_else(number).or_else(flag).unwrap_or_else(|| text.into())
}

/// Text without quotes; whole numbers without a fraction.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_round_trip_as_text() {
        for (text, told) in [
            ("poisson:peak=30", "poisson 30"),
            ("jpeg", "jpeg 20 420"),
            ("jpeg:quality=95,subsampling=444", "jpeg 95 444"),
            ("sensor:iso=800,quality=none", "sensor 800"),
            ("gaussian-noise:sigma=12.5,alike=true,seed=9", "gaussian-noise 12.5 true"),
        ] {
            let spec = parse(text).unwrap();
            let mut words: Vec<String> = label(&spec).split(' ').map(String::from).collect();
            let mut wanted: Vec<&str> = told.split(' ').collect();
            words.sort();
            wanted.sort_unstable();
            assert_eq!(words, wanted, "{text}");
        }
        for offer in offered() {
            let kind = text_of(&fields(&offer.usual)["kind"]);
            assert_eq!(parse(&kind).unwrap(), offer.usual);
        }
    }

    #[test]
    fn restoring_filters_take_precedence_over_damage_of_the_same_name() {
        assert_eq!(parse_filter("non-local-means").unwrap(), FilterSpec::NonLocalMeans { sigma: None });
        assert_eq!(label(&parse_filter("bilateral:sigma=12").unwrap()), "bilateral 12");
        let blur = FilterSpec::GaussianBlur { sigma: 1.0, noise: 0.0, seed: 0 };
        assert_eq!(parse_filter("gaussian-blur").unwrap(), blur);
        assert_eq!(parse_filter("gray").unwrap(), FilterSpec::Gray {});
        assert!(parse_filter("bilatteral").unwrap_err().contains("did you mean \"bilateral\""));
        assert!(is_classical("bilateral:sigma=x") && is_classical("mean") && !is_classical("gray"));
    }

    #[test]
    fn errors_name_the_faulty_part() {
        for (text, word) in [
            ("poison", "did you mean \"poisson\""),
            ("raindrops", "salt-and-pepper"),
            ("mean:side=3", "there is no damage"),
            ("poisson:peak", "sigma=25"),
            ("poisson:peek=3", "peek"),
            ("jpeg:quality=300", "300"),
            ("jpeg:subsampling=411", "411"),
            ("poisson:peak=many", "many"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
