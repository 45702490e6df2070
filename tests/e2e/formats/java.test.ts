// Maven and Gradle resolve with what we put into their files.
import { edit, remove, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { expectKept } from './support/kept';
import { maven, together } from './support/packages';
import { Registry } from './support/registry';
import { Folder } from './support/run';
import { coursierCache, program, SBT_PROPERTIES } from './support/programs';
import { AWKWARD, FOREIGN, MILD, type Pair, PULL_TOKEN } from './support/samples';

const NAMES = { CHAINGUARD_JAVA_IDENTITY_ID: PULL_TOKEN.username, CHAINGUARD_JAVA_TOKEN: PULL_TOKEN.password };
/** Braces mark an encrypted password in Maven's settings. */
const NO_BRACES: Pair = { ...AWKWARD, password: AWKWARD.password.replace('{}', '') };
const JAVA_LIMIT = 120_000;

const pom = (root: string, name: string) => `/${root}/example/${name}/1.0.0/${name}-1.0.0.pom`;

/** Ours, which asks for the pair, and a public repository on another host. */
async function registries(pair: Pair): Promise<{ ours: Registry; theirs: Registry; registry: string }> {
  const files = together(
    maven('java', 'ours', 'pom'),
    maven('java', 'library'),
    maven('java-remediated', 'mended', 'pom'),
    maven('repository/maven', 'ours', 'pom'),
    maven('repository/maven', 'theirs', 'pom'),
  );
  const open = together(maven('maven', 'theirs', 'pom'), maven('maven', 'other'));
  const [ours, theirs] = await Promise.all([Registry.closed(pair, files), Registry.open(open)]);
  return { ours, theirs, registry: ours.origin };
}

/** A project whose parent is ours and which imports a list of versions from elsewhere: no plugin is needed for either. */
function project(theirs: Registry, parent = 'ours'): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>example</groupId><artifactId>${parent}</artifactId><version>1.0.0</version><relativePath/></parent>
  <artifactId>project</artifactId>
  <packaging>pom</packaging>
  <repositories><repository><id>theirs</id><url>${theirs.origin}/maven</url></repository></repositories>
  <dependencyManagement><dependencies>
    <dependency><groupId>example</groupId><artifactId>theirs</artifactId><version>1.0.0</version><type>pom</type><scope>import</scope></dependency>
  </dependencies></dependencyManagement>
</project>`;
}

const SETTINGS = `<?xml version="1.0" encoding="UTF-8"?>
<!-- settings of the team -->
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">
    <interactiveMode>false</interactiveMode> <!-- never ask -->
    <servers>
        <!-- <server><id>chainguard</id><username>old</username></server> -->
        <server>
            <id>other</id>
            <username>other</username>
            <password>other</password>
        </server>
    </servers>
</settings>
`;

async function resolve(settings: string, pom: string, env: Record<string, string> = {}): Promise<void> {
  const folder = await Folder.make({ 'pom.xml': pom, 'settings.xml': settings });
  const args = ['--batch-mode', '--quiet', '--settings', 'settings.xml', '-Dmaven.repo.local=repository', 'validate'];
  await folder.run(program('maven'), args, { env, limit: JAVA_LIMIT });
}

describe('maven', { timeout: 2 * JAVA_LIMIT }, () => {
  test.each([['a pull token', PULL_TOKEN], ['awkward characters', NO_BRACES], ['operators', MILD]])(
    'resolves with %s',
    async (_, pair) => {
      const { ours, theirs, registry } = await registries(pair);
      const text = edit(SETTINGS, 'maven', pair, { registry });
      expectKept(SETTINGS, text);
      expect(remove(text, 'maven', { registry })).toBe(SETTINGS);
      await resolve(text, project(theirs));
      ours.expectServed(pom('java', 'ours'));
      theirs.expectServed(pom('maven', 'theirs'));
    },
  );

  test('asks the repository of remediated versions first', async () => {
    const { ours, theirs, registry } = await registries(PULL_TOKEN);
    await resolve(render(PULL_TOKEN, 'maven', { registry, remediated: true }), project(theirs, 'mended'));
    ours.expectServed(pom('java-remediated', 'mended'));
    expect(ours.asked[0]?.path).toBe(pom('java-remediated', 'mended'));
  });

  test('a repository manager gets everything', async () => {
    const { ours, theirs, registry } = await registries(PULL_TOKEN);
    await resolve(edit(SETTINGS, 'maven', PULL_TOKEN, { proxyUrl: `${registry}/repository/maven` }), project(theirs));
    ours.expectServed(pom('repository/maven', 'ours'), pom('repository/maven', 'theirs'));
    expect(theirs.asked).toEqual([]);
  });

  test('maven-env: resolves with the variables', async () => {
    const { ours, theirs, registry } = await registries(PULL_TOKEN);
    const text = edit(SETTINGS, 'maven-env', PULL_TOKEN, { registry });
    expectKept(SETTINGS, text);
    await resolve(text, project(theirs), NAMES);
    ours.expectServed(pom('java', 'ours'));
    theirs.expectServed(pom('maven', 'theirs'));
  });

  test('what Maven would take for a variable or an encrypted password is refused', () => {
    for (const password of ['a${HOME}b', '{abc}']) {
      expect(() => render({ username: 'u', password }, 'maven')).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
    }
  });
});

describe('gradle', { timeout: 2 * JAVA_LIMIT }, () => {
  test.each([['a pull token', PULL_TOKEN], ['awkward characters', AWKWARD]])('resolves with %s', async (_, pair) => {
    const { ours, theirs, registry } = await registries(pair);
    const before = '# settings of the team\norg.gradle.daemon=false\n! old: chainguardPassword=no\norg.gradle.jvmargs = -Xmx256m\n';
    const text = edit(before, 'gradle', pair, { registry });
    expectKept(before, text);
    expect(remove(text, 'gradle', { registry })).toBe(before);
    const folder = await Folder.make({
      'user/gradle.properties': text,
      'settings.gradle': "rootProject.name = 'project'\n",
      'build.gradle': `repositories {
  maven {
    url '${registry}/java/'
    credentials { username = chainguardUsername; password = chainguardPassword }
  }
  maven { url '${theirs.origin}/maven/' }
}
configurations { needed }
dependencies { needed 'example:library:1.0.0', 'example:other:1.0.0' }
task fetch { doLast { configurations.needed.files.each { println it.name } } }
`,
    });
    const args = ['--no-daemon', '--quiet', '--gradle-user-home', 'user', 'fetch'];
    const { stdout } = await folder.run(program('gradle'), args, { limit: JAVA_LIMIT });
    expect(stdout.trim().split('\n')).toEqual(['library-1.0.0.jar', 'other-1.0.0.jar']);
    ours.expectServed(pom('java', 'library'));
    theirs.expectServed(pom('maven', 'other'));
  });
});

describe('sbt', { timeout: 2 * JAVA_LIMIT }, () => {
  test('resolves with a pull token', async () => {
    const { ours, theirs, registry } = await registries(PULL_TOKEN);
    const before = '# mine\n\nhost: 127.0.0.1\nuser = old\npassword = o\\\n  ld\n';
    const text = edit(before, 'sbt', PULL_TOKEN, { registry });
    expect(text.split('\n').slice(0, 2)).toEqual(['# mine', '']);
    const folder = await Folder.make({
      'home/.sbt/.credentials': text,
      'project/build.properties': SBT_PROPERTIES,
      'build.sbt': `credentials += Credentials(file("home/.sbt/.credentials"))
externalResolvers := Seq(
  ("ours" at "${registry}/java/").withAllowInsecureProtocol(true),
  ("theirs" at "${theirs.origin}/maven/").withAllowInsecureProtocol(true)
)
autoScalaLibrary := false
crossPaths := false
scalaModuleInfo := None
libraryDependencies ++= Seq("example" % "library" % "1.0.0", "example" % "other" % "1.0.0")
`,
    });
    await folder.run(program('sbt'), ['update'], { env: { COURSIER_CACHE: coursierCache() }, limit: JAVA_LIMIT });
    ours.expectServed(pom('java', 'library'));
    theirs.expectServed(pom('maven', 'other'));
  });

  test('the credential of another host is not overwritten', () => {
    const before = 'realm=Other\nhost=other.example\nuser=other\npassword=other\n';
    expect(() => edit(before, 'sbt', PULL_TOKEN)).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
  });
});

// The very reader of both, without the programs around it.
test.each([['awkward characters', AWKWARD], ['letters beyond ASCII', FOREIGN]])(
  "gradle and sbt: Java's properties give back %s",
  async (_, pair) => {
    const folder = await Folder.make({
      'gradle.properties': edit('a=b\\\n  c\n', 'gradle', pair),
      'credentials': render(pair, 'sbt'),
      'Show.java': `class Show {
  public static void main(String[] names) throws Exception {
    for (String name : new String[] { "gradle.properties", "credentials" }) {
      java.util.Properties all = new java.util.Properties();
      try (var in = new java.io.FileInputStream(name)) { all.load(in); }
      for (String key : new String[] { "chainguardUsername", "chainguardPassword", "user", "password" })
        if (all.containsKey(key)) System.out.write((all.getProperty(key) + "\\0").getBytes("UTF-8"));
    }
    System.out.flush();
  }
}
`,
    });
    const { stdout } = await folder.run(program('java'), ['Show.java']);
    const { username, password } = pair;
    expect(stdout.split('\0')).toEqual([username, password, username, password, '']);
  },
);
