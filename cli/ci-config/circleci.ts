import {slug} from '../../planner/index.ts';
import {buildCommand, type CiProject, cacheDir, comments, registryComment} from './ci-project.ts';

/**
 * A configuration of CircleCI. Sources: circleci.com/docs/caching and /configuration-reference (a cache never changes, and
 * saving under a key that is there does nothing; keys of restore_cache are beginnings, tried in order, the newest match
 * wins; templates know \`.Branch\`, \`arch\` and the checksum of a file, but no variable that a job sets).
 *
 * So layers are saved under the checksum of the key's file, without a branch: once for the same content. What a branch had
 * last is a second cache of one small file, the key itself; a new branch reads the default branch's, and so finds the
 * layers that go with it.
 */
export function circleciConfig(project: CiProject): string {
	const prefix = `cachecast-v1-${slug(project.name)}-{{ arch }}-`;
	const last = `cachecast-v1-last-${slug(project.name)}-{{ arch }}-`;
	const key = '{{ checksum ".cachecast/key" }}';
	return `# .circleci/config.yml, printed by "cachecast init circleci".
#
# The layers of every stage are kept in CircleCI's cache. A cache there never changes, so one is saved only under a new
# key, and the key is new only when something in the cache is. Saving under a key that is there already does nothing.
version: 2.1

jobs:
  docker:
    machine:
      image: ubuntu-2404:current
    steps:
      - checkout
      - run:
          name: Install cachecast
          command: npm install --global cachecast@${project.version}
      # A builder that can export caches, which Docker's own can only with the containerd image store.
      - run:
          name: Create a builder
          command: docker buildx create --use --bootstrap
      # The key goes into a file, as keys of caches can be made of a file's checksum but of nothing else that a job computes.
      # Give it the same flags as the build below: --target, --build-arg, --platform, --build-context.
      - run:
          name: Compute the key
          command: |
            mkdir -p .cachecast
            cachecast key ${project.words} --format circleci > .cachecast/key
            cp .cachecast/key .cachecast/last
      # A few bytes: the key of the layers that this branch had last, for a new branch those of the default branch.
      - restore_cache:
          name: Find the newest layers of the branch
          keys:
            - '${last}{{ .Branch }}--'
            - '${last}${project.defaultBranch}--'
      # The very same layers, whichever branch made them; else those found above; else the newest of all.
      - restore_cache:
          name: Restore the layers
          keys:
            - '${prefix}${key}'
            - '${prefix}{{ checksum ".cachecast/last" }}'
            - '${prefix}'
      - run:
          name: Build every stage
          command: |
            ${buildCommand(project)}
            cp .cachecast/key .cachecast/last
${comments(registryComment(project, 'docker.io/OWNER/APP'), '      ')}
      - save_cache:
          name: Save the layers if there is something new
          key: '${prefix}${key}'
          paths:
            - ${cacheDir}
      - save_cache:
          name: Note them as the newest of the branch
          key: '${last}{{ .Branch }}--${key}'
          paths:
            - .cachecast/last

workflows:
  docker:
    jobs:
      - docker
`;
}
