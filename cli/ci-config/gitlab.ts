import {slug} from '../../planner/index.ts';
import {buildCommand, type CiProject, cacheDir, comments, registryComment} from './ci-project.ts';

/**
 * A configuration of GitLab. Its caches are unlike the others': found by whole keys only, which are fixed before the
 * script runs, and overwritten. So a branch has one cache, a new branch falls back to the default branch's, and whether
 * there is something new to upload is decided by the key that lies in the cache. Where it is the same, the files are made
 * old: the runner uploads only what is newer than the archive it restored.
 *
 * Sources: docs.gitlab.com/ci/yaml (\`cache:key\`, \`cache:fallback_keys\`, \`cache:unprotect\`: caches of protected branches are
 * kept apart otherwise), docs.gitlab.com/ci/caching, gitlab-runner commands/helpers/file_archiver.go isFileChanged
 * ("Archive is up to date!").
 */
export function gitlabConfig(project: CiProject): string {
	const prefix = `cachecast-v1-${slug(project.name)}-`;
	return `# .gitlab-ci.yml, printed by "cachecast init gitlab".
#
# The layers of every stage are kept in GitLab's cache, one for each branch. It is uploaded by the first job of a branch,
# and then only when the key of what is in it has changed; the key changes only when there is something new.
docker:
  # The command line of Docker with buildx; the engine is the service.
  image: docker:28-cli
  services:
    - docker:28-dind
  variables:
    DOCKER_HOST: tcp://docker:2376
    DOCKER_TLS_CERTDIR: /certs
    DOCKER_TLS_VERIFY: '1'
    DOCKER_CERT_PATH: /certs/client
  cache:
    key: ${prefix}$CI_COMMIT_REF_SLUG
    # A new branch starts from what the default branch had last.
    fallback_keys:
      - ${prefix}${refSlug(project.defaultBranch)}
    # Without this other branches cannot read the cache of a protected branch, as the default branch mostly is, and new
    # ones start with nothing. With it, whoever may push to any branch can write the caches of protected ones too.
    unprotect: true
    paths:
      - ${cacheDir}/
      - .cachecast/key
  before_script:
    - apk add --no-cache nodejs npm
    - npm install --global cachecast@${project.version}
    # A builder that can export caches, which Docker's own can only with the containerd image store.
    - docker context create cachecast
    - docker buildx create --use --bootstrap cachecast
  script:
    - mkdir -p .cachecast
    # Give it the same flags as the build below: --target, --build-arg, --platform, --build-context.
    - |
      cachecast key ${project.words} --format gitlab > .cachecast/env
    - . ./.cachecast/env
    - |
      ${buildCommand(project)}
${comments(registryComment(project, '$CI_REGISTRY_IMAGE'), '    ')}
    # Nothing new: old files are not uploaded. Else the key goes along.
    - |
      if [ "$(cat .cachecast/key 2>/dev/null)" = "$CACHECAST_KEY" ]; then
        find ${cacheDir} .cachecast/key -exec touch -t 200001010000 {} +
      else
        echo "$CACHECAST_KEY" > .cachecast/key
      fi
`;
}

// As GitLab makes CI_COMMIT_REF_SLUG: small letters, 63 bytes, only a-z and 0-9, no hyphen at either end.
function refSlug(branch: string): string {
	return branch
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '-')
		.slice(0, 63)
		.replace(/^-+|-+$/g, '');
}
