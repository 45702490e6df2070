//! Who is believed, by what the variables name.

use std::collections::HashSet;

use pulltoken_sim::Sim;

use super::*;

/// A file with an authority of its own.
fn authority() -> (Sim, OsString) {
    let sim = Sim::builder().tls(true).start().unwrap();
    let file = sim.ca_file().unwrap().into_os_string();
    (sim, file)
}

#[test]
fn each_variable_adds() {
    let ((_one, file), (_two, extra), (_three, in_folder)) = (authority(), authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(&in_folder, folder.path().join("0123abcd.0")).unwrap();
    let folders = env::join_paths([Path::new("/nowhere"), folder.path()]).unwrap();
    let variables = Variables { file: Some(file.clone()), folders: Some(folders), extra: Some(extra) };
    assert_eq!(added(&variables, None).unwrap().len(), 3);
    assert_eq!(added(&Variables::default(), Some(Path::new(&file))).unwrap().len(), 1);
    assert_eq!(added(&variables, Some(Path::new(&file))).map(unique).unwrap().len(), 3);
}

#[test]
fn what_cannot_be_read_is_passed_over_unless_it_was_given() {
    let missing = Some(OsString::from("/nowhere/missing.pem"));
    let variables = Variables { file: missing.clone(), folders: missing.clone(), extra: missing };
    assert!(added(&variables, None).unwrap().is_empty());
    assert!(variables.sources().iter().all(|(_, source)| source.read().is_err()));
    let error = added(&variables, Some(Path::new("/nowhere/given.pem"))).unwrap_err();
    assert_eq!(error.code(), ErrorCode::FileUnreadable);
    assert!(error.message().contains("given.pem"), "{error}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_systems_authorities_stay_whatever_is_set() {
    let (_sim, file) = authority();
    let added = added(&Variables { file: Some(file.clone()), ..Variables::default() }, None).unwrap();
    for folders in [None, Some(OsString::from("/nowhere"))] {
        let variables = Variables { file: Some(file.clone()), folders, extra: None };
        let Roots::All(all) = Roots::of(&variables, None).unwrap() else { panic!("the verifier would read them") };
        let systems = system::authorities();
        assert!(!systems.is_empty() && systems.iter().chain(&added).all(|one| all.contains(one)));
    }
    let variables = Variables { extra: Some(file), ..Variables::default() };
    assert!(matches!(Roots::of(&variables, None).unwrap(), Roots::BesideTheSystems(added) if added.len() == 1));
}

/// Holds our own list of places to that of the verifier which is used where no variable is set.
#[test]
#[cfg(target_os = "linux")]
fn the_systems_authorities_are_found_in_our_own_list_of_places() {
    if Variables::of_this_process().would_replace_the_systems() {
        // The verifier would read the variables: once more without them.
        let mut again = std::process::Command::new(env::current_exe().unwrap());
        again.args(["--exact", "trust::tests::the_systems_authorities_are_found_in_our_own_list_of_places"]);
        let output = again.env_remove(FILE).env_remove(FOLDERS).output().unwrap();
        return assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let theirs: HashSet<_> = rustls_native_certs::load_native_certs().certs.into_iter().filter(is_usable).collect();
    let ours: HashSet<_> = system::authorities().into_iter().collect();
    assert!(!ours.is_empty() && theirs.is_subset(&ours), "{} of {}", ours.len(), theirs.len());
}
