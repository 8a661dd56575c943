// Uploads a file by tus-js-client, a mebibyte at a time, and says after each part how far it has come.
// Arguments: the address of the uploads, the file, the token and, to tell the length last, "deferred".
const fs = require("fs");
const path = require("path");
const { PassThrough } = require("stream");
const tus = require("tus-js-client");

const [endpoint, file, token, deferred] = process.argv.slice(2);
// Of a file's own stream the client believes to know the length.
const content = fs.createReadStream(file);
const upload = new tus.Upload(deferred ? content.pipe(new PassThrough()) : content, {
  endpoint,
  chunkSize: 1024 * 1024,
  ...(deferred ? { uploadLengthDeferred: true } : { uploadSize: fs.statSync(file).size }),
  retryDelays: [500, 1000, 1000, 2000, 2000, 3000, 5000, 5000],
  metadata: { filename: path.basename(file), filetype: "application/octet-stream" },
  headers: { Authorization: `Token ${token}` },
  onChunkComplete: (_, accepted) => process.stdout.write(`${accepted}\n`),
  onError: (error) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
});
upload.start();
