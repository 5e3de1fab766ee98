/**
 * Ends this process when the one that started it is gone, however that ended: a killed engine must not leave a program
 * behind that goes on creating things. Loaded by the language host, and by it into every program that it starts.
 */
"use strict";

const { setInterval } = require("node:timers");

const parent = process.ppid;
const everyMilliseconds = 500;

setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, everyMilliseconds).unref();
