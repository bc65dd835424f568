//! What each part of the source may touch, by the rules in ARCHITECTURE.md.

use std::fs;
use std::path::{Path, PathBuf};

/// Rust code, by path relative to the root.
fn sources() -> Vec<(String, String)> {
    ["src", "crates"]
        .into_iter()
        .flat_map(|root| {
            code(root, "rs").into_iter().map(move |(name, code)| (format!("{root}/{name}"), code))
        })
        .collect()
}

/// Code with comments taken out, by path relative to the folder.
fn code(root: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("sources are readable") {
            let path: PathBuf = entry.expect("sources are readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|of| of == extension) {
                let name = path.strip_prefix(&root).expect("below it").to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).expect("UTF-8 source");
                let code = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>();
                sources.push((name, code.join("\n")));
            }
        }
    }
    assert!(sources.len() > 10, "found the sources");
    sources
}

/// Files outside `home` (a file or a folder) that contain `word` as a whole word.
fn strays(word: &str, home: &[&str]) -> Vec<String> {
    let has_word = |code: &str| {
        code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|candidate| candidate == word)
    };
    sources()
        .into_iter()
        .filter(|(name, code)| !home.iter().any(|home| name.starts_with(home)) && has_word(code))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn unsafe_code_only_in_simd() {
    assert_eq!(strays("unsafe", &["crates/cpu/src/simd.rs"]), Vec::<String>::new());
}

#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cpu/src/simd.rs");
    let text = fs::read_to_string(path).expect("crates/cpu/src/simd.rs");
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        if code.contains("unsafe {") {
            let near = &lines[i.saturating_sub(4)..=i];
            assert!(near.iter().any(|line| line.contains("SAFETY:")), "simd.rs:{}: {line}", i + 1);
        }
    }
}

#[test]
fn javascript_only_in_the_facade() {
    for word in ["wasm_bindgen", "js_sys", "web_sys", "wasm_bindgen_futures", "serde_wasm_bindgen"] {
        assert_eq!(strays(word, &["src/web/", "src/web.rs"]), Vec::<String>::new(), "{word}");
    }
}

#[test]
fn shaders_only_in_wgsl_files() {
    for (name, code) in sources() {
        for mark in ["@compute", "@workgroup_size", "@group("] {
            assert!(!code.contains(mark), "{name} contains {mark}");
        }
    }
}

#[test]
fn the_page_reaches_the_engine_through_one_client() {
    for (name, code) in code("www/src", "ts") {
        // One worker is started: before the page's scripts have come, or else by them.
        let started: &[&str] = &["embed/early.ts", "main.ts"];
        for (mark, homes) in [("import(\"unet-playground\")", &["worker/"][..]), ("new Worker(", started)] {
            let at_home = homes.iter().any(|home| name.starts_with(home));
            assert!(at_home || !code.contains(mark), "{name} contains {mark}");
        }
        // Types may come from the package anywhere; what runs, in the worker alone.
        for statement in code.split(';').filter(|statement| statement.ends_with("from \"unet-playground\"")) {
            let start = statement.rfind("import ").max(statement.rfind("export ")).unwrap_or(0);
            let is_type = statement[start..].split_whitespace().nth(1) == Some("type");
            assert!(name.starts_with("worker/") || is_type, "{name} takes more than types from the engine");
        }
        let mut imports = code.lines().filter(|line| line.contains("from \"") || line.contains("import"));
        let reaches = |line: &str| line.contains("/client\"") || line.contains("/worker/");
        assert!(!name.starts_with("elements/") || !imports.any(reaches), "{name} knows of the worker");
    }
}
