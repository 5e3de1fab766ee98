/** Destinations of pods, by the addresses in the configuration. */
import { destinationsOf } from "../../../../components/system/destinations";

test.each([
  ["postgresql://app:p%40ss@db.example.com/app", [5432]],
  ["postgres://app:p@ss@db.example.com:6543/app?sslmode=verify-full", [6543]],
  ["rediss://:secret@redis.example.com:6380/1", [6380]],
  ["redis://redis.example.com", [6379]],
  ["https://hooks.slack.example.com/services/T00/B00/secret", [443]],
  ["http://10.213.0.2:8085/services", [8085]],
  ["neo4j+s://graph.example.com", [7687]],
  ["bolt://one.example.com:7688,two.example.com", [7688, 7687]],
  ["https://[2001:db8::1]:8443/", [8443]],
  ["amqp://queue.example.com", [5672]],
  ["amqps://user:secret@queue.example.com/vhost", [5671]],
  ["mongodb://one.example.com,two.example.com:27018/app", [27017, 27018]],
  ["mongodb+srv://user:secret@db.example.com/app", [27017]],
  ["kafka://broker.example.com", [9092]],
  ["nats://bus.example.com", [4222]],
  ["mysql://app@db.example.com/app", [3306]],
  ["jdbc:postgresql://db.example.com/app", [5432]],
  ["jdbc:sqlserver://db.example.com;databaseName=app", [1433]],
  ["smtp://mail.example.com", [25]],
  ["smtps://mail.example.com", [465]],
  ["ldap://directory.example.com", [389]],
  ["ldaps://directory.example.com", [636]],
  ["ws://live.example.com", [80]],
  ["wss://live.example.com", [443]],
  ["s3://bucket/path", [443]],
  ["custom://host.example.com:7000", [7000]],
  ["http://${HOST}:8080/health", [8080]],
])("%s needs its port", (url, ports) => expect(destinationsOf([url])).toEqual({ ports, namespaces: [] }));

test.each([
  ["http://prometheus-server.monitoring", ["monitoring"]],
  ["redis://cache.shared:6379", ["shared"]],
  ["https://prometheus.monitoring.svc:9090/path", ["monitoring"]],
  ["bolt://neo4j.graph.svc.cluster.local:7687", ["graph"]],
  ["https://example.com", []],
  ["https://a.svc.example.com", []],
  ["http://10.213", []],
])("%s is in the cluster's namespaces %p", (url, namespaces) =>
  expect(destinationsOf([url]).namespaces).toEqual(namespaces),
);

test("what is no address needs nothing", () =>
  expect(destinationsOf(["", "5.0.0", "example.com:443", "unix://run/app.sock", "://x", "a text: https://x"])).toEqual({
    ports: [],
    namespaces: [],
  }));
