package ecommerce.flink.kinesis.api;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleWithWebIdentityCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;

/** Where the keys come from: the values of {@code aws.credentials.provider}. */
public enum Credentials {
    AUTO,
    BASIC,
    ENV_VAR,
    SYS_PROP,
    PROFILE,
    ASSUME_ROLE,
    WEB_IDENTITY_TOKEN;

    public static final String PREFIX = "aws.credentials";
    public static final String PROVIDER = PREFIX + ".provider";

    /**
     * Builds the provider that the options describe.
     *
     * @param options the table options under {@value #PREFIX}
     * @throws IllegalArgumentException when an option is missing or unknown, with its name
     */
    public static AwsCredentialsProvider provider(Map<String, String> options, String region) {
        return provider(options, PREFIX, PROVIDER, region);
    }

    /** The kind by its name in any case. */
    public static Credentials ofName(String name, String option) {
        for (Credentials kind : values()) {
            if (kind.name().equalsIgnoreCase(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("Option '" + option + "': '" + name
                + "' is not one of AUTO, BASIC, ENV_VAR, SYS_PROP," + " PROFILE, ASSUME_ROLE, WEB_IDENTITY_TOKEN");
    }

    private static AwsCredentialsProvider provider(
            Map<String, String> options, String prefix, String providerKey, String region) {
        return switch (ofName(options.getOrDefault(providerKey, AUTO.name()), providerKey)) {
            case AUTO -> DefaultCredentialsProvider.builder().build();
            case ENV_VAR -> EnvironmentVariableCredentialsProvider.create();
            case SYS_PROP -> SystemPropertyCredentialsProvider.create();
            case BASIC ->
                StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        required(options, prefix + ".basic.accesskeyid"),
                        required(options, prefix + ".basic.secretkey")));
            case PROFILE -> profile(options, prefix);
            case ASSUME_ROLE -> assumeRole(options, prefix, region);
            case WEB_IDENTITY_TOKEN -> webIdentity(options, prefix, region);
        };
    }

    private static AwsCredentialsProvider profile(Map<String, String> options, String prefix) {
        ProfileCredentialsProvider.Builder builder =
                ProfileCredentialsProvider.builder().profileName(options.get(prefix + ".profile.name"));
        String path = options.get(prefix + ".profile.path");
        if (path != null) {
            builder.profileFile(ProfileFile.builder()
                    .content(Path.of(path))
                    .type(ProfileFile.Type.CREDENTIALS)
                    .build());
        }
        return builder.build();
    }

    private static AwsCredentialsProvider assumeRole(Map<String, String> options, String prefix, String region) {
        String role = prefix + ".role";
        AssumeRoleRequest request = AssumeRoleRequest.builder()
                .roleArn(required(options, role + ".arn"))
                .roleSessionName(required(options, role + ".sessionName"))
                .externalId(options.get(role + ".externalId"))
                .build();
        // The credentials that may assume the role; a role may be assumed through another one.
        String baseKey = role + ".provider";
        AwsCredentialsProvider base = provider(options, baseKey, baseKey, region);
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts(options.get(role + ".stsEndpoint"), region, base))
                .refreshRequest(request)
                .build();
    }

    private static AwsCredentialsProvider webIdentity(Map<String, String> options, String prefix, String region) {
        String role = prefix + ".role";
        String token = prefix + ".webIdentityToken.file";
        AssumeRoleWithWebIdentityRequest.Builder request = AssumeRoleWithWebIdentityRequest.builder()
                .roleArn(required(options, role + ".arn"))
                .roleSessionName(options.getOrDefault(role + ".sessionName", "flink-kinesis"));
        Path file = Path.of(required(options, token));
        return StsAssumeRoleWithWebIdentityCredentialsProvider.builder()
                .stsClient(sts(options.get(role + ".stsEndpoint"), region, AnonymousCredentialsProvider.create()))
                .refreshRequest(() ->
                        request.webIdentityToken(TokenFile.read(file, token)).build())
                .build();
    }

    private static StsClient sts(String endpoint, String region, AwsCredentialsProvider base) {
        return StsClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.of(region))
                .credentialsProvider(base)
                .applyMutation(builder -> {
                    if (endpoint != null) {
                        builder.endpointOverride(URI.create(endpoint));
                    }
                })
                .build();
    }

    private static String required(Map<String, String> options, String key) {
        String value = options.get(key);
        if (value == null) {
            throw new IllegalArgumentException("Option '" + key + "' is missing");
        }
        return value;
    }
}
