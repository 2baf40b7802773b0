//! Subjects: to whom an application gives rights in its namespace.
//!
//! In: a RoleBinding. Out: a denial for each subject that is an account of another namespace, or everybody.
//! Rules: accounts go by their names as users and groups too.
//! Not here: users and groups that people log in with; ClusterRoleBindings (`scope`).
//!
//! # Source
//! Kubernetes, "Using RBAC Authorization", Referring to subjects; k8s.io/apiserver, authentication/user (AllAuthenticated and others).

use sdk::kubernetes::Identity;
use sdk::{Finding, Place, Unjudgeable};

use crate::settings::Neighbourhood;

/// Groups that hold accounts of every customer.
const EVERYBODY: [&str; 3] = ["system:authenticated", "system:serviceaccounts", "system:unauthenticated"];

/// The user whom nobody had to log in as.
const ANYBODY: &str = "system:anonymous";

/// What the name of a service account begins with where it is a user's, and the group of a namespace's accounts.
const ACCOUNT: &str = "system:serviceaccount:";
const ACCOUNTS: &str = "system:serviceaccounts:";

/// Judges the subjects of an object.
pub(crate) fn judge(object: &Place<'_>, identity: &Identity<'_>, hood: &Neighbourhood<'_>) -> Vec<Finding> {
    if !identity.is("rbac.authorization.k8s.io/RoleBinding") {
        return Vec::new();
    }
    match object.at("subjects").elements() {
        Ok(subjects) => {
            subjects.filter_map(|subject| foreign(&subject, hood).unwrap_or_else(|sealed| Some(sealed.into()))).collect()
        }
        Err(sealed) => vec![sealed.into()],
    }
}

fn foreign(subject: &Place<'_>, hood: &Neighbourhood<'_>) -> Result<Option<Finding>, Unjudgeable> {
    let (kind, name) = (subject.at("kind").text()?.unwrap_or_default(), subject.at("name").text()?.unwrap_or_default());
    let account = match kind {
        "ServiceAccount" => Some((subject.at("namespace").text()?.unwrap_or_default(), name)),
        "User" => name.strip_prefix(ACCOUNT).map(|account| account.split_once(':').unwrap_or((account, ""))),
        "Group" => name.strip_prefix(ACCOUNTS).map(|namespace| (namespace, "*")),
        _ => None,
    };
    let message = match account {
        Some((namespace, account)) if !hood.may_refer(namespace, account) => {
            format!("gives rights to `{account}` of namespace `{namespace}`, the application's is `{}`", hood.home)
        }
        None if EVERYBODY.contains(&name) || name == ANYBODY => {
            format!("gives rights to `{name}`: that is everybody in the cluster")
        }
        Some(_) | None => return Ok(None),
    };
    Ok(Some(Finding::deny("foreign-subject", &subject.at("name"), message, "name service accounts of the own namespace")))
}
