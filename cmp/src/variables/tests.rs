use std::os::unix::ffi::OsStringExt;

use super::*;

/// Returns what `pairs` say.
fn read(pairs: &[(&str, &str)]) -> Result<Variables, VariablesError> {
    Variables::from_pairs(pairs.iter().map(|(name, text)| (OsString::from(name), OsString::from(text))))
}

fn check_parameters(text: &str, expected: Result<&[(&str, Parameter)], &str>) {
    let parameters = read(&[("ARGOCD_APP_PARAMETERS", text)]).map(|variables| variables.parameters);
    let expected = expected.map(|all| all.iter().map(|(name, parameter)| ((*name).to_owned(), parameter.clone())).collect());
    assert_eq!(parameters.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{text}");
}

fn text(text: &str) -> Parameter {
    Parameter::Text(text.to_owned())
}

// Facts, claims and the cluster each come to their own place.
#[test]
fn variables_are_sorted() {
    let variables = read(&[
        ("ARGOCD_APP_NAME", "argocd_acme"),
        ("ARGOCD_APP_PROJECT_NAME", "acme-corp-production"),
        ("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "other"),
        ("KUBE_VERSION", "1.33.0"),
        ("KUBE_API_VERSIONS", "v1,apps/v1, apps/v1/Deployment,"),
        ("NO_COLOR", "1"),
        ("HOME", "/home/somebody"),
    ])
    .unwrap();
    assert_eq!(variables.facts.application.as_deref(), Some("argocd_acme"));
    assert_eq!(variables.facts.project.as_deref(), Some("acme-corp-production"));
    assert_eq!(variables.claimed.get("ARGOCD_APP_PROJECT_NAME").map(String::as_str), Some("other"));
    assert_eq!(variables.cluster.api_versions, ["v1", "apps/v1", "apps/v1/Deployment"]);
    assert!(variables.person.no_color);
}

// An empty variable is as good as none: Argo CD sets it so when it hydrates.
#[test]
fn empty_is_absent() {
    let variables = read(&[("KUBE_VERSION", ""), ("KUBE_API_VERSIONS", ""), ("ARGOCD_APP_PARAMETERS", ""), ("NO_COLOR", "")]);
    assert_eq!(variables.unwrap(), Variables::default());
}

// Every known name is taken: none is listed in vain.
#[test]
fn every_known_name_counts() {
    for name in KNOWN {
        let text = if name == "ARGOCD_APP_PARAMETERS" { r#"[{"name":"a","string":"b"}]"# } else { "x" };
        assert_ne!(read(&[(name, text)]).unwrap(), Variables::default(), "{name}");
    }
}

// Parameters are read as Argo CD writes them; lists and maps are seen, and are no text.
#[test]
fn parameters_are_read() {
    check_parameters("null", Ok(&[]));
    check_parameters("[]", Ok(&[]));
    check_parameters(r#"[{"name":"environment","string":"prod"}]"#, Ok(&[("environment", text("prod"))]));
    check_parameters(r#"[{"name":"environment","string":""}]"#, Ok(&[("environment", text(""))]));
    check_parameters(r#"[{"name":"environment","array":["prod"]}]"#, Ok(&[("environment", Parameter::Other)]));
}

// A parameter that is given twice, and what is no list, is refused.
#[test]
fn odd_parameters_are_refused() {
    let twice = r#"[{"name":"environment","string":"dev"},{"name":"environment","string":"prod"}]"#;
    check_parameters(twice, Err("parameter `environment` is given twice"));
    check_parameters("{", Err("`ARGOCD_APP_PARAMETERS` is no list of parameters"));
    check_parameters(r#"{"environment":"prod"}"#, Err("`ARGOCD_APP_PARAMETERS` is no list of parameters"));
}

// The limit itself is read, one byte more is not.
#[test]
fn limit_obeyed_and_violated() {
    let padded = |bytes: usize| format!("[]{}", " ".repeat(bytes - 2));
    check_parameters(&padded(PARAMETERS_BYTES), Ok(&[]));
    check_parameters(&padded(PARAMETERS_BYTES + 1), Err("`ARGOCD_APP_PARAMETERS` has more than 131072 bytes"));
}

// A known variable that is no text is refused by name; an unknown one is not looked at.
#[test]
fn bytes_that_are_no_text() {
    let pair = |name: &str| [(OsString::from(name), OsString::from_vec(vec![0xff]))];
    let error = Variables::from_pairs(pair("ARGOCD_APP_NAME")).unwrap_err();
    assert_eq!(error.to_string(), "`ARGOCD_APP_NAME` is not UTF-8");
    assert_eq!(Variables::from_pairs(pair("LESSOPEN")).unwrap(), Variables::default());
}
