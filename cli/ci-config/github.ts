import {buildCommand, type CiProject, cacheDir, comments, registryComment} from './ci-project.ts';

/**
 * A workflow of GitHub Actions. Sources: docs.github.com, "Dependency caching reference" (a cache never changes; a branch
 * reads its own caches, then those of the default branch, by exact key first and by beginnings of keys then; keys have at
 * most 512 characters), actions/cache restore/README.md (`cache-hit` is "true" for the exact key alone).
 */
export function githubConfig(project: CiProject): string {
	return `# .github/workflows/docker.yml, printed by "cachecast init github".
#
# The layers of every stage are kept in GitHub's cache. A cache there never changes, so one is saved only under a new
# key, and the key is new only when something in the cache is. A branch reads its own caches and those of the default
# branch, so a new branch starts from what the default branch had last.
name: docker

on:
  push:
    branches: [${JSON.stringify(project.defaultBranch)}]
  pull_request:

permissions:
  contents: read

jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4

      # A builder that can export caches, which Docker's own can only with the containerd image store.
      - uses: docker/setup-buildx-action@v3

      - name: Install cachecast
        run: npm install --global cachecast@${project.version}

      # Give it the same flags as the build below: --target, --build-arg, --platform, --build-context.
      - name: Compute the key
        id: key
        run: |
          cachecast key ${project.words} --format github >> "$GITHUB_OUTPUT"

      - name: Restore the layers
        id: layers
        uses: actions/cache/restore@v4
        with:
          path: ${cacheDir}
          key: \${{ steps.key.outputs.key }}
          restore-keys: \${{ steps.key.outputs.restore-keys }}

      - name: Build every stage
        run: |
          ${buildCommand(project)}
${comments(registryComment(project, 'ghcr.io/OWNER/APP'), '      ')}

      # Only when nothing was restored under this very key: else there is nothing new to keep.
      - name: Save the layers
        if: steps.layers.outputs.cache-hit != 'true'
        uses: actions/cache/save@v4
        with:
          path: ${cacheDir}
          key: \${{ steps.key.outputs.key }}
`;
}
