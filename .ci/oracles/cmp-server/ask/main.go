// Asks a plugin server for an application's manifests, or its parameters, as the repo-server does: with Argo CD's own client.
//
//	ask generate|parameters SOCKET REPOSITORY APPLICATION-PATH [NAME=VALUE ..]
//
// Prints each manifest, or announced parameter, as a line of JSON. What the server refuses goes to stderr, exit status 1.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/cmp"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := ask(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(args []string) error {
	if len(args) < 4 {
		return fmt.Errorf("ask generate|parameters SOCKET REPOSITORY APPLICATION-PATH [NAME=VALUE ..]")
	}
	what, socket, repository, path, env := args[0], args[1], args[2], args[3], args[4:]
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, client, err := apiclient.NewConfigManagementPluginClientSet(socket).NewConfigManagementPluginClient()
	if err != nil {
		return err
	}
	defer conn.Close()
	application := filepath.Join(repository, path)
	if what == "parameters" {
		stream, err := client.GetParametersAnnouncement(ctx)
		if err != nil {
			return err
		}
		if err := cmp.SendRepoStream(ctx, application, repository, stream, env, nil); err != nil {
			return err
		}
		response, err := stream.CloseAndRecv()
		if err != nil {
			return err
		}
		for _, parameter := range response.ParameterAnnouncements {
			if err := line(parameter); err != nil {
				return err
			}
		}
		return nil
	}
	stream, err := client.GenerateManifest(ctx)
	if err != nil {
		return err
	}
	if err := cmp.SendRepoStream(ctx, application, repository, stream, env, nil); err != nil {
		return err
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	for _, manifest := range response.Manifests {
		var object any
		if err := yaml.Unmarshal([]byte(manifest), &object); err != nil {
			return err
		}
		if err := line(object); err != nil {
			return err
		}
	}
	return nil
}

func line(object any) error {
	text, err := json.Marshal(object)
	if err == nil {
		fmt.Println(string(text))
	}
	return err
}
