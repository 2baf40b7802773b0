use super::*;
use proptest::prelude::*;

fn argument(flag: Flag, text: &str) -> Argument {
    Argument { flag, text: text.to_owned() }
}

fn run(arguments: &[Argument]) -> Result<Value, SetError> {
    let mut read = |path: &str| match path {
        "there" => Ok(b"text".to_vec()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    apply(&Value::map(Map::new()), arguments, Profile::default(), &mut Sources { read: &mut read, leaf: &mut |_| None })
}

fn check(text: &str, want: Result<(), &str>) {
    let got = run(&[argument(Flag::Typed, text)]).map(|_| ()).map_err(|error| error.problem.to_string());
    assert_eq!(got, want.map_err(str::to_owned), "{}", text.get(..60).unwrap_or(text));
}

// A path of 64 indices is read, one of 65 is not.
#[test]
fn indices_obeyed_and_violated() {
    check(&format!("a{}=1", "[0]".repeat(INDICES)), Ok(()));
    check(&format!("a{}=1", "[0]".repeat(INDICES + 1)), Err("more than 64 indices in one path"));
}

// Lists may get a million items in all, by indices or by braces; not one more.
#[test]
fn items_obeyed_and_violated() {
    let full: Vec<String> = (0..ITEMS / (1 << 16)).map(|n| format!("k{n}[65535]=1")).collect();
    let rest = ITEMS % (1 << 16);
    let filled = full.join(",");
    check(&format!("{filled},z[{}]=1", rest - 1), Ok(()));
    check(&format!("{filled},z[{rest}]=1"), Err("the lists get more than 1000000 items"));
    let braces = vec!["x"; rest].join(",");
    check(&format!("{filled},z={{{braces}}}"), Ok(()));
    check(&format!("{filled},z={{{braces},x}}"), Err("the lists get more than 1000000 items"));
}

// Every value of an argument is that argument's leaf: those of lists, of JSON, and of files too.
#[test]
fn values_know_their_argument() {
    let arguments = [
        argument(Flag::Text, "list={a,b}"),
        argument(Flag::Json, r#"{"json":{"deep":[1,{}]}}"#),
        argument(Flag::File, "file=there"),
        argument(Flag::Json, "other=[]"),
    ];
    let mut asked = Vec::new();
    let mut leaf = |place: usize| {
        asked.push(place);
        u32::try_from(place).ok().map(LeafId)
    };
    let mut read = |_: &str| Ok(b"text".to_vec());
    let merged =
        apply(&Value::map(Map::new()), &arguments, Profile::default(), &mut Sources { read: &mut read, leaf: &mut leaf })
            .unwrap();
    assert_eq!(asked, [1, 1, 3, 0, 0, 2]);
    let Data::Map(map, _) = &merged.data else { unreachable!("values are a map") };
    let leaves = |key: &str| map.get(key.as_bytes()).unwrap().all_leaves().as_slice().to_vec();
    assert_eq!(leaves("list"), [LeafId(0)]);
    assert_eq!(leaves("json"), [LeafId(1)]);
    assert_eq!(leaves("file"), [LeafId(2)]);
    assert_eq!(leaves("other"), [LeafId(3)]);
}

// The values that were given stay as they were.
#[test]
fn inputs_stay_as_they_are() {
    let below = run(&[argument(Flag::Typed, "map.key=1,list[0]=1")]).unwrap();
    let mut sources = Sources { read: &mut |_| Ok(Vec::new()), leaf: &mut |_| None };
    apply(&below, &[argument(Flag::Typed, "map.other=2,list[0]=2")], Profile::default(), &mut sources).unwrap();
    let Data::Map(map, _) = &below.data else { unreachable!("values are a map") };
    let Some(Data::Map(inner, _)) = map.get(b"map").map(|value| value.data) else { unreachable!("it is a map") };
    let Some(Data::List(list, _)) = map.get(b"list").map(|value| value.data) else { unreachable!("it is a list") };
    assert!(!inner.contains(b"other"));
    assert!(matches!(list.get(0).map(|item| item.data), Some(Data::Int64(1))));
}

// A file that is not there says which argument named it.
#[test]
fn a_missing_file_is_told() {
    let error = run(&[argument(Flag::Typed, "a=1"), argument(Flag::File, "b=nowhere")]).unwrap_err();
    assert_eq!(
        (error.place, error.to_string(), error.problem.to_string()),
        (1, "failed parsing --set-file data".to_owned(), "`nowhere` cannot be read".to_owned())
    );
}

proptest! {
    // Whatever is typed, it is read to the end or refused.
    #[test]
    fn any_text_is_read(text in "[a0.,=\\[\\]{}\\\\\" é-]{0,40}", flag in 0_usize..5) {
        let flag = [Flag::Json, Flag::Typed, Flag::Text, Flag::File, Flag::Literal][flag];
        let _ = run(&[argument(flag, &text), argument(flag, &text)]);
    }

    // Text that is escaped throughout arrives as it was.
    #[test]
    fn escaped_text_arrives(text in "[a-z.,=\\[\\]{}\\\\ 0-9]{1,20}") {
        let escaped: String = text.chars().flat_map(|character| ['\\', character]).collect();
        let values = run(&[argument(Flag::Text, &format!("a={escaped}"))]).unwrap();
        let Data::Map(map, _) = &values.data else { unreachable!("values are a map") };
        let Some(Data::String(got)) = map.get(b"a").map(|value| value.data) else { unreachable!("it is text") };
        prop_assert_eq!(got.as_bytes(), text.as_bytes());
    }
}
