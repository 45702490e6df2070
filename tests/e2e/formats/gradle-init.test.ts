// The init script asks for Gradle 6.8 or later, and what Debian has is 4.4. So Groovy runs it, the language of
// Gradle's scripts, with the few objects that it touches as Gradle's documentation describes them.
import { edit, render } from 'pulltoken';
import { expect, test } from 'vitest';
import { expectKept } from './support/kept';
import { Folder } from './support/run';
import { javaHome, program } from './support/programs';
import { PULL_TOKEN } from './support/samples';

const GRADLE = `
class PasswordCredentials {}
class Repository {
  String name; Object url; List<String> asked = []
  void credentials(Class kind) { asked << kind.simpleName }
}
class Handler {
  List<Repository> all = []
  Repository maven(Closure configure) {
    def repository = new Repository()
    configure.delegate = repository
    configure.resolveStrategy = Closure.DELEGATE_FIRST
    configure()
    all << repository
    repository
  }
  boolean remove(Repository repository) { all.remove(repository) }
  void addFirst(Repository repository) { all.add(0, repository) }
  boolean isEmpty() { all.isEmpty() }
}
class Project {
  Handler repositories = new Handler()
  List<Closure> after = []
  void afterEvaluate(Closure action) { after << action }
}
class Settings { Map dependencyResolutionManagement = [repositories: new Handler()] }

def settings = new Settings(), bare = new Project(), usual = new Project()
[settings.dependencyResolutionManagement.repositories, usual.repositories].each { it.all << new Repository(name: 'own') }
def ofSettings = [], ofProjects = []
def binding = new Binding(
  PasswordCredentials: PasswordCredentials,
  uri: { new URI(it) },
  settingsEvaluated: { ofSettings << it },
  allprojects: { ofProjects << it })
new GroovyShell(binding).evaluate(new File(args[0]))
ofSettings.each { it(settings) }
[bare, usual].each { project ->
  ofProjects.each { it.delegate = project; it.resolveStrategy = Closure.DELEGATE_FIRST; it(project) }
  project.after.each { it(project) }
}
def show = { handler -> handler.all.collect { [name: it.name, url: it.url?.toString(), asked: it.asked] } }
println groovy.json.JsonOutput.toJson([
  settings: show(settings.dependencyResolutionManagement.repositories), bare: show(bare.repositories), usual: show(usual.repositories)])
`;

async function outcome(script: string): Promise<unknown> {
  const folder = await Folder.make({ 'init.gradle': script, 'gradle.groovy': GRADLE });
  const { stdout } = await folder.run(program('groovy'), ['gradle.groovy', 'init.gradle'], { env: { JAVA_HOME: javaHome() } });
  return JSON.parse(stdout);
}

const repository = (name: string, path: string) => ({
  name,
  url: `https://libraries.cgr.dev/${path}/`,
  asked: ['PasswordCredentials'],
});
const OWN = { name: 'own', url: null, asked: [] };

test('ours goes first, where a build has repositories at all', async () => {
  const ours = repository('chainguard', 'java');
  const before = '// of the team\nsettingsEvaluated { println "never mind" }\n';
  const text = edit(before, 'gradle-init', PULL_TOKEN);
  expectKept(before, text);
  expect(await outcome(text.replace(before, ''))).toEqual({ settings: [ours, OWN], bare: [], usual: [ours, OWN] });
});

test('the repository of remediated versions goes before it', async () => {
  const ours = [repository('chainguardRemediated', 'java-remediated'), repository('chainguard', 'java')];
  expect(await outcome(render(PULL_TOKEN, 'gradle-init', { remediated: true }))).toMatchObject({ usual: [...ours, OWN] });
});
