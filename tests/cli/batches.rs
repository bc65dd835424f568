//! Which pictures are read, and where their results go.

use crate::place::{IDENTITY, Place, text};
use std::fs;

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
fn inputs_are_never_overwritten() {
    let place = Place::new("overwritten");
    place.model("denoise-bilinear", &[[0.0; 3]; 3], &[]);
    let picture = place.picture("in/a.png");
    for output in ["in", "in/a.png", "in/../in/a.png"] {
        let done = place.run(&["denoise", "in/a.png", "-o", output]);
        assert!(!done.status.success() && text(&done.stderr).contains("overwritten"), "{output}");
    }
    assert_eq!(place.read("in/a.png"), picture);
}

#[test]
fn names_alike_but_for_ending_or_case_have_a_result_each() {
    let place = Place::new("alike");
    place.model("denoise-bilinear", &IDENTITY, &[]);
    for name in ["in/a.png", "in/a.bmp", "in/A.jpg", "in/b.png"] {
        place.picture(name);
    }
    let done = place.run(&["denoise", "in", "-o", "out"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(place.names("out"), ["A.jpg.png", "a.bmp.png", "a.png.png", "b.png"]);
}

#[test]
fn files_are_judged_by_their_bytes_and_none_is_left_out_without_a_word() {
    let place = Place::new("bytes");
    place.model("denoise-bilinear", &IDENTITY, &[]);
    place.picture("in/untyped");
    place.picture("in/odd.dat");
    fs::write(place.at("in/notes.txt"), "no picture").unwrap();
    for sidecar in ["._untyped", "._a.png", "Thumbs.db", "desktop.ini", ".DS_Store"] {
        fs::write(place.at("in").join(sidecar), "a sidecar").unwrap();
    }
    let done = place.run(&["denoise", "in", "-o", "out"]);
    let said = text(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(said.trim(), "note: in: notes.txt: not pictures, left out");
    assert_eq!(place.names("out"), ["odd.png", "untyped.png"]);
}

#[test]
fn folders_in_folders_are_taken_where_that_is_asked_for_and_named_otherwise() {
    let place = Place::new("recursive");
    place.model("denoise-bilinear", &IDENTITY, &[]);
    fs::create_dir_all(place.at("in/deep/deeper")).unwrap();
    for name in ["in/a.png", "in/deep/a.png", "in/deep/deeper/b.png"] {
        place.picture(name);
    }
    // Results inside the folder they are made of are not made again.
    let done = place.run(&["denoise", "in", "-o", "in/out/"]);
    let said = text(&done.stderr);
    assert!(done.status.success() && said.contains("in: deep: folders, left out; --recursive"), "{said}");
    assert_eq!(place.names("in/out"), ["a.png"]);
    let done = place.run(&["denoise", "in", "--recursive", "-o", "in/out"]);
    let said = text(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{said}");
    assert_eq!(place.names("in/out"), ["a.png", "deep"]);
    assert_eq!(place.names("in/out/deep"), ["a.png", "deeper"]);
    assert_eq!(place.names("in/out/deep/deeper"), ["b.png"]);
    let told = text(&place.run(&["noise", "in", "-r"]).stdout);
    assert!(told.contains("deeper/b.png"), "{told}");
}
