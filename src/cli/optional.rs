//! Values for optional inputs in command-line syntax.

use super::args::Optional;
use unet_playground::image::lab;
use unet_playground::session::{ColorHint, OptionalValues};

/// Parses `NAME=VALUE`.
pub(super) fn number(text: &str) -> Result<(String, f32), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE, as in temperature=0.6")?;
    let value = value.trim().parse().ok().filter(|value: &f32| value.is_finite());
    let value = value.ok_or_else(|| format!("the value of {name} must be a number"))?;
    Ok((name.trim().to_string(), value))
}

/// Parses `X,Y,#RRGGBB`.
pub(super) fn hint(text: &str) -> Result<ColorHint, String> {
    let wrong = || "must be X,Y,#RRGGBB, as in 120,80,#c04030: a pixel and its color".to_string();
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let &[x, y, color] = &parts[..] else { return Err(wrong()) };
    let digits = color.trim_start_matches('#');
    let bytes = (digits.len() == 6).then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    let [_, red, green, blue] = bytes.ok_or_else(wrong)?.to_be_bytes();
    let pixel = |text: &str| text.parse().map_err(|_| wrong());
    let [_, a, b] = lab::from_srgb([red, green, blue]);
    Ok(ColorHint { x: pixel(x)?, y: pixel(y)?, a, b })
}

impl Optional {
    pub(super) fn values(&self) -> OptionalValues {
        OptionalValues { numbers: self.set.iter().cloned().collect(), hints: self.hint.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_values_are_refused_with_the_right_syntax() {
        assert_eq!(number("temperature = 0.6"), Ok(("temperature".into(), 0.6)));
        for text in ["temperature", "temperature=hot", "temperature=inf"] {
            assert!(number(text).is_err(), "{text}");
        }
        let red = hint("3, 4,#ff0000").unwrap();
        assert_eq!((red.x, red.y), (3, 4));
        assert!((red.a - 80.09).abs() < 0.01 && (red.b - 67.2).abs() < 0.01);
        for text in ["3,4", "3,4,red", "-1,4,#ff0000", "3,4,#ff00", "3,4,#é0000"] {
            assert!(hint(text).unwrap_err().contains("X,Y,#RRGGBB"), "{text}");
        }
    }
}
