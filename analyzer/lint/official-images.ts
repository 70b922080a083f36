/** Images of Docker Hub that have no folder in their name (docker-library/official-images), as far as they are in use. */
const NAMES: ReadonlySet<string> = new Set(
	`adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux bash bonita
	buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clickhouse clojure composer
	convertigo couchbase couchdb crate crux dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop
	elasticsearch elixir emqx erlang fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy
	haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi jenkins jetty joomla
	jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki
	memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary
	odoo open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php phpmyadmin pypy python postfixadmin
	postgres r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust
	sapmachine silverpeas sl solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee traefik
	ubuntu unit varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper`.split(/\s+/),
);

/** `node`, `golang`, …: a name that everyone takes for an image. */
export function isOfficialImage(name: string): boolean {
	return NAMES.has(name);
}
