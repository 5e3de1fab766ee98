import { isTimeZone, meantTimeZone } from "../../../../components/system/time-zones";

test.each(["Asia/Tokyo", "Africa/Lagos", "Etc/UTC", "UTC", "Etc/GMT+5", "Etc/GMT-14", "Asia/Kolkata", "Europe/Kyiv"])(
  "%s is a time zone",
  (name) => expect(isTimeZone(name)).toBe(true),
);

test.each([
  ["Asia/tokyo", "Asia/Tokyo"],
  ["asia/tokyo", "Asia/Tokyo"],
  ["ETC/UTC", "Etc/UTC"],
  ["utc", "UTC"],
  // Debian's tzdata-legacy has them, and PostgreSQL's image does not.
  ["Asia/Calcutta", "Asia/Kolkata"],
  ["Europe/Kiev", "Europe/Kyiv"],
  ["US/Pacific", "America/Los_Angeles"],
  ["Etc/GMT+13", undefined],
  ["JST9", undefined],
  ["Local", undefined],
  ["", undefined],
])("%s is none, and %s was meant", (name, meant) => {
  expect(isTimeZone(name)).toBe(false);
  expect(meantTimeZone(name)).toBe(meant);
});

test("the names are listed once", () => {
  isTimeZone("UTC");
  const listed = jest.spyOn(Intl, "supportedValuesOf");
  isTimeZone("Asia/Tokyo");
  meantTimeZone("asia/tokyo");
  expect(listed).not.toHaveBeenCalled();
  listed.mockRestore();
});
