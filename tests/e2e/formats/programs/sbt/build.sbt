// Nothing but a reason for sbt to fetch itself and to compile a build.
autoScalaLibrary := false
crossPaths := false
scalaModuleInfo := None
