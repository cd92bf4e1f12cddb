// A page that is opened before the call centre is ready says so, and goes on by itself.

const LOOK_MS = 1500;

// Calls `onWait` once when it is not ready yet, `onReady` when it then is.
export async function whileOpening({ onWait, onReady }) {
  if (await isReady()) return;
  onWait();
  do await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  while (!(await isReady()));
  onReady();
}

async function isReady() {
  try {
    return (await fetch("/health", { cache: "no-store" })).ok;
  } catch {
    return false; // being restarted
  }
}
