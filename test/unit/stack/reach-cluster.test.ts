/** Cluster that cannot be reached: a preview continues with a warning, an `up` fails. */
import * as pulumi from "@pulumi/pulumi";
import { reachCluster } from "../../../stack/cluster";
import * as kubeconfig from "../../../components/kubernetes/kubeconfig";
import { emptyCluster, readerOf, uid } from "../../support/cluster-reader";

const reader = jest.spyOn(kubeconfig, "clusterReader");

const isPreview = jest.spyOn(pulumi.runtime, "isDryRun");
const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
const said = 'the cluster of the context "somewhere" cannot be reached';
afterEach(() => jest.clearAllMocks());

test.each([true, false])("one that can be is known by the UID of kube-system (preview: %s)", async (preview) => {
  isPreview.mockReturnValue(preview);
  reader.mockResolvedValue(readerOf(emptyCluster));
  expect(await reachCluster("somewhere")).toMatchObject({ uid });
  expect(reader).toHaveBeenCalledWith("somewhere");
  expect(warn).not.toHaveBeenCalled();
});

test("an up is refused", async () => {
  isPreview.mockReturnValue(false);
  reader.mockRejectedValue(new Error("connect ECONNREFUSED 127.0.0.1:1"));
  await expect(reachCluster("somewhere")).rejects.toThrow(
    `${said}; nothing was changed:\n  - connect ECONNREFUSED 127.0.0.1:1`,
  );
});

test("a preview goes on with a warning", async () => {
  isPreview.mockReturnValue(true);
  reader.mockResolvedValue(readerOf({}));
  expect(await reachCluster("somewhere")).toBeUndefined();
  expect(warn).toHaveBeenCalledWith(
    `${said}: it has no namespace kube-system. This preview continues without it; an up would fail.`,
  );
});
